/** What is said of a task that has ended, or that one no longer waits for. */
import type { Colors } from '../../dev/colors.ts';
import type { InstanceRecord } from '../../model/instance.ts';
import type { Task } from '../../model/task.ts';
import { printable } from '../text/printable.ts';
import { paintState } from '../text/states.ts';
import { between } from '../text/time.ts';

/** How the task has ended, what the instance is now, and what may be done. `instance` is null when it cannot be read. */
export function ending(task: Task, instance: InstanceRecord | null, colors: Colors): string {
  const { operation, status, startedAt, createdAt, endedAt, fault } = task;
  const subject = instance?.name ?? `instance ${task.instanceId}`;
  const paint = paintState(status, colors);
  const mark = status === 'COMPLETED' ? '✔' : '✘';
  const took = between(startedAt ?? createdAt, endedAt);
  const step = fault?.step === undefined ? '' : ` at its step ${fault.step}`;
  const headline = `${paint(`${mark} ${operation} ${status}`)} ${took === '' ? '' : `after ${took}`}${step}`.trimEnd();
  return [
    headline,
    ...(fault === null ? [] : [`  ${paint(fault.code)}: ${printable(fault.message)}`, `  ${fault.nextAction}`]),
    ...cancelNote(task),
    ...(instance === null ? [] : [`  ${printable(subject)} ${stateOf(instance, colors)}`]),
    ...commandsFor(task).map((command) => colors.dim(`  ${command}`)),
  ].join('\n');
}

/** What is said to whoever leaves a task that goes on. */
export const leaving = ({ id }: Task, colors: Colors): string =>
  [
    'Left; the task goes on.',
    `  itask task watch ${id}   ${colors.dim('goes on watching')}`,
    `  itask task cancel ${id}  ${colors.dim('stops it and has what it did taken back')}`,
  ].join('\n');

function stateOf({ id, vmState, residence }: InstanceRecord, colors: Colors): string {
  const where = residence === null ? '' : ` on ${residence.host}`;
  const state = paintState(vmState, colors)(vmState === 'error' ? 'in error' : vmState);
  return `is ${state}${where}  ${colors.dim(id)}`;
}

function cancelNote({ status, notes }: Task): string[] {
  const cancel = notes.findLast(({ verb, refusal }) => verb === 'cancel' && refusal === null);
  if (status !== 'ABORTED' || cancel === undefined) return [];
  return [`  cancelled by ${printable(cancel.actor)}${cancel.reason === null ? '' : `: ${printable(cancel.reason)}`}`];
}

function commandsFor({ id, status, operation }: Task): string[] {
  if (status === 'COMPLETED') return [];
  const show = `itask task show ${id} --admin`;
  if (status === 'ROLLBACK_FAILED') return [show, `itask task retry ${id}`, `itask task skip ${id}`];
  return operation === 'create' || operation === 'recover' ? [show] : [show, `itask task retry ${id}`];
}
