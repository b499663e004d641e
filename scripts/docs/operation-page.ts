/** The page of one operation. */
import { faultCatalogue, type FaultCode } from '../../src/model/fault.ts';
import type { Operation, OperationKind, Step, SubTask } from '../../src/model/operation.ts';
import { closesWayBack } from '../../src/model/undo.ts';
import type { OperationName } from '../../src/operations/index.ts';
import { inputFields } from '../../src/operations/schemas.ts';
import { operationDiagram } from './diagrams.ts';
import { code, table } from './markdown.ts';

export function operationPage(name: OperationName, operation: Operation): string {
  const { purpose, kind, evenWhenLocked, allowedFrom, steps, version } = operation;
  const withoutSteps = stepless[kind];
  const sections = [
    `# ${name}`,
    purpose,
    `Version ${version}. Starts from ${codes(allowedFrom)}. ${outcome(operation)} While the instance is locked it is ` +
      `${evenWhenLocked ? 'allowed' : 'refused'}.`,
  ];
  if (withoutSteps === undefined) sections.push(operationDiagram(operation));
  sections.push('## Input', inputSection(name));
  if (withoutSteps !== undefined) return [...sections, withoutSteps].join('\n\n');
  return [...sections, '## Steps', stepTable(steps), remarks(operation), '## Faults', faultTable(steps)].join('\n\n');
}

const stepless: Partial<Record<OperationKind, string>> = {
  recovery: 'Its steps are those that the task has left.',
  record: 'It has no steps: the workflow of the instance changes the record at once.',
};

function outcome(operation: Operation): string {
  const { kind, failsTo } = operation;
  if (kind === 'record') return `${success(operation)}.`;
  const otherwise = failsTo === null ? 'what it was before' : code(failsTo);
  return `${success(operation)}; after a failure or a cancel that was undone the instance is ${otherwise}.`;
}

function success({ leadsTo, subTasks }: Operation): string {
  if (leadsTo.length === 0) return 'It leaves the vm_state as it is';
  const further = subTasks.flatMap(({ operation }) => operation.leadsTo);
  return `Success leads to ${codes(leadsTo)}${further.length === 0 ? '' : `, and by a sub-task on to ${codes(further)}`}`;
}

const codes = (words: readonly string[]): string => words.map(code).join(', ');

function inputSection(name: OperationName): string {
  const rows = inputFields(name).map(({ key, takes, required, usual, description }) => {
    const fallback = required ? 'required' : usual === null ? '' : code(usual);
    return [code(key), takes, fallback, description];
  });
  return rows.length === 0 ? 'None.' : table(['key', 'takes', 'default', 'what it is'], rows);
}

function stepTable(steps: readonly Step[]): string {
  const head = ['step', 'ensures that', 'runs on', 'task_state', 'event', 'deadline', 'undo'];
  return table(
    head,
    steps.map((step) => [
      `${code(step.name)}${step.when === undefined ? '' : ' (if needed)'}`,
      `${step.unit.ensures} (${code(step.unit.name)})`,
      step.unit.runsOn === 'control' ? 'control plane' : 'a host',
      step.taskState === null ? '' : code(step.taskState),
      code(step.event),
      step.deadline,
      step.undo === undefined ? '' : code(step.undo.unit.name),
    ]),
  );
}

function remarks({ steps, subTasks }: Operation): string {
  const owed = {
    unreachable: 'is owed by a host that does not answer, and the task goes on',
    failed: 'is owed by its host when it fails, and the task goes on',
  };
  const closing = steps.find((step) => closesWayBack(step) !== null);
  const lines = [
    ...(closing === undefined
      ? ['It can be cancelled until its last step has ended.']
      : [`The point of no return is ${whenText(closing)}${code(closing.name)}: ${closing.irreversible ?? ''}.`]),
    ...steps.flatMap(({ name, owedWhen }) => (owedWhen === undefined ? [] : [`${code(name)} ${owed[owedWhen]}.`])),
    ...subTasks.map(subTaskRemark),
  ];
  return lines.map((line) => `- ${line}`).join('\n');
}

function subTaskRemark(subTask: SubTask): string {
  const { name } = subTask.operation;
  const condition = subTask.when === undefined ? '' : ', if needed';
  return (
    `Then [${name}](${name}.md) runs as a sub-task${condition}. The task ends as that one does; what it has committed ` +
    'itself stays.'
  );
}

function faultTable(steps: readonly Step[]): string {
  const raisedBy = new Map<FaultCode, string[]>();
  for (const { name, unit } of steps) {
    for (const fault of unit.faults) raisedBy.set(fault, [...(raisedBy.get(fault) ?? []), name]);
  }
  return table(
    ['fault', 'blame', 'retried', 'what the owner reads', 'in the steps'],
    [...raisedBy].map(([fault, names]) => {
      const { blame, retryable, sentence } = faultCatalogue[fault];
      const where = names.length === steps.length ? 'all' : codes(names);
      return [code(fault), blame, retryable ? 'yes' : 'no', sentence, where];
    }),
  );
}

const whenText = (step: Step): string => (closesWayBack(step) === 'done' ? 'the end of ' : '');
