/** One step of one operation, in a situation in which it is known to be dispatched. Pure: what can be told from declarations. */
import type { Operation, Step } from '../../src/model/operation.ts';
import { closesWayBack } from '../../src/model/undo.ts';
import type { VmState } from '../../src/model/states.ts';
import type { Candidate } from './candidates.ts';

/** What an operation did in a situation when nothing was in its way. */
export interface Trace {
  readonly operation: string;
  readonly candidate: Candidate;
  /** Names of the steps that were dispatched, in order. */
  readonly dispatched: readonly string[];
  readonly endsIn: VmState;
  /** Whether it left something for a host to do when that comes back. */
  readonly owes: boolean;
  /** What was done on the hosts, debts included, sorted. */
  readonly effects: readonly string[];
}

export interface Cell {
  readonly operation: Operation;
  readonly step: Step;
  readonly trace: Trace;
}

/** The steps that were dispatched up to this one, itself included. */
function upTo({ operation, step, trace }: Cell): Step[] {
  const names = trace.dispatched.slice(0, trace.dispatched.indexOf(step.name) + 1);
  return operation.steps.filter(({ name }) => names.includes(name));
}

/** Whether the task can only go forward once the step is dispatched. */
export const isBeyondReturn = (cell: Cell): boolean =>
  upTo(cell).some((step) => {
    const closes = closesWayBack(step);
    return closes === 'dispatched' || (closes === 'done' && step.name !== cell.step.name);
  });

/** Whether the task cannot turn back any more once the step has had its effect, even if nobody was told of it. */
export const isBeyondReturnWhenDone = (cell: Cell): boolean =>
  isBeyondReturn(cell) || closesWayBack(cell.step) === 'done';

/** Whether the task goes on without the step when that fails. */
export const isOwed = ({ step }: Cell): boolean => step.owedWhen === 'failed' && step.unit.runsOn === 'host';

/** Whether no other step follows. */
export const isLast = ({ step, trace }: Cell): boolean => trace.dispatched.at(-1) === step.name;

/** Whether a pause that is asked for while the step runs takes hold: at the next gate, or at the last, which is open to those who may still turn back. */
export const hasGateAfter = (cell: Cell): boolean => !isLast(cell) || !isBeyondReturnWhenDone(cell);
