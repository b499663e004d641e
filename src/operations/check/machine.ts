import { endsInstance, type Operation } from '../../model/operation.ts';
import { finalVmState, initialVmState, taskStates, vmStates, type VmState } from '../../model/states.ts';
import type { Flaw, RuleName } from './flaw.ts';

/** Ways on that an instance always has, or has for what a task left: they do not count as a way out of a state. */
const isLastResort = (operation: Operation): boolean => endsInstance(operation) || operation.kind !== 'change';

/** What is wrong with the machine that all operations together make of the vm_states and task_states. */
export function machineFlaws(operations: readonly Operation[]): Flaw[] {
  return [
    ...operations.flatMap(answerFlaws),
    ...reachabilityFlaws(operations),
    ...exitFlaws(operations),
    ...initialStateFlaws(operations),
    ...taskStateFlaws(operations),
  ];
}

const flaw = (rule: RuleName, subject: string, problem: string, remedy: string): Flaw => ({
  rule,
  subject,
  problem,
  remedy,
});

function answerFlaws({ name, kind, allowedFrom, leadsTo, steps }: Operation): Flaw[] {
  const flaws: Flaw[] = [];
  const isState = (state: string) => vmStates.some((known) => known === state);
  if (allowedFrom.length === 0 || new Set(allowedFrom).size < allowedFrom.length || !allowedFrom.every(isState)) {
    const problem = `it starts from [${allowedFrom.join(', ')}]`;
    flaws.push(flaw('states-are-answered', name, problem, 'name each vm_state that it starts from, once'));
  }
  // One with steps may leave the state as it is.
  if ((leadsTo.length === 0 && steps.length === 0 && kind !== 'record') || !leadsTo.every(isState)) {
    const problem = `its success leads to [${leadsTo.join(', ')}]`;
    flaws.push(flaw('success-leads-somewhere', name, problem, 'commit a vm_state'));
  }
  return flaws;
}

/** Where a start in this state may end: by success, by a failure that was undone, or by one that could not be. */
export function endsOf({ leadsTo, failsTo, steps }: Operation, from: VmState): Set<VmState> {
  const stuck = steps.some(({ undo, pointOfNoReturn }) => undo !== undefined || pointOfNoReturn === true);
  return new Set([...leadsTo, failsTo ?? from, ...(stuck ? (['error'] as const) : [])]);
}

/** The vm_states that an instance can come to, from its creation on. */
export function reachableStates(operations: readonly Operation[]): Set<VmState> {
  // A recovery leads where the task would have led that it takes up, an observation or a mere word nowhere new.
  const own = operations.filter(({ kind, leadsBack }) => kind === 'change' && !leadsBack);
  const reached = new Set<VmState>([initialVmState]);
  for (let before = 0; before < reached.size;) {
    before = reached.size;
    for (const from of [...reached])
      for (const operation of own)
        if (operation.allowedFrom.includes(from)) for (const end of endsOf(operation, from)) reached.add(end);
  }
  return reached;
}

function reachabilityFlaws(operations: readonly Operation[]): Flaw[] {
  const reached = reachableStates(operations);
  return vmStates
    .filter((state) => !reached.has(state))
    .map((state) => {
      const problem = `no operation leads to the vm_state ${state}`;
      return flaw('state-can-be-reached', state, problem, 'declare an operation that leads there, or drop the state');
    });
}

/** Whether one comes from it only back to where one was: putting an instance aside is no way out of a dead end. */
const isDetour = ({ leadsTo }: Operation, usual: readonly Operation[]): boolean =>
  leadsTo.every((state) => usual.every(({ allowedFrom, leadsBack }) => leadsBack || !allowedFrom.includes(state)));

function exitFlaws(operations: readonly Operation[]): Flaw[] {
  const usual = operations.filter((operation) => !isLastResort(operation) && operation.leadsTo.length > 0);
  const onward = usual.filter((operation) => !isDetour(operation, usual));
  return vmStates
    .filter((state) => state !== finalVmState && !onward.some(({ allowedFrom }) => allowedFrom.includes(state)))
    .map((state) => {
      const problem = `no way leads on from the vm_state ${state} but its end and its repair`;
      return flaw('state-can-be-left', state, problem, 'let an operation start from it, or name it as the final state');
    });
}

function initialStateFlaws(operations: readonly Operation[]): Flaw[] {
  return operations
    .filter((operation) => !isLastResort(operation) && operation.allowedFrom.includes(initialVmState))
    .filter((operation) => endsOf(operation, initialVmState).has(initialVmState))
    .map(({ name }) => {
      const problem = `it may end with the instance still ${initialVmState}`;
      return flaw('initial-state-is-left', name, problem, 'declare with `failsTo` what it fails to');
    });
}

function taskStateFlaws(operations: readonly Operation[]): Flaw[] {
  const shown = new Set(operations.flatMap(({ steps }) => steps.map(({ taskState }) => taskState)));
  return taskStates
    .filter((state) => !shown.has(state))
    .map((state) => {
      const problem = `no step shows the task_state ${state}`;
      return flaw('task-state-is-used', state, problem, 'show it in a step, or drop it');
    });
}
