/** Nova's views of the task tell the same as the task. */
import type { Trial } from '../trial.ts';
import { unlessEqual, type Violation } from '../violation.ts';

/** The instance's faults have the task's, under its code; they have none where the task has none. */
export async function faultsProject({ subject, task }: Trial): Promise<Violation[]> {
  const faults = await subject.lane.fleet.client.faults(subject.id, { admin: true });
  const own = faults.filter(({ taskId }) => taskId === task.id).map(({ code, step }) => ({ code, step }));
  const expected = task.fault === null ? [] : [{ code: task.fault.code, step: task.fault.step }];
  return unlessEqual('faults', own, expected);
}

/** The instance action of the request is in error where the task is, and its events have ended as the items have. */
export async function actionsProject({ subject, task }: Trial): Promise<Violation[]> {
  const { client } = subject.lane.fleet;
  const action = await client.instanceAction(subject.id, task.requestId, { admin: true });
  const bad = task.items.some(({ state }) => state === 'FAILED' || state === 'TIMED_OUT' || state === 'ABORTED');
  const shown = {
    action: action.action,
    taskId: action.taskId,
    message: action.message,
    errors: action.events.some(({ result }) => result === 'Error'),
    open: action.events.filter(({ finishTime }) => finishTime === null).map(({ event }) => event),
  };
  const message = task.status === 'COMPLETED' ? null : 'Error';
  return unlessEqual('actions', shown, { action: task.operation, taskId: task.id, message, errors: bad, open: [] });
}
