/** Steps during which somebody cancels or pauses the task. */
import { TaskVerbRefusedError, type Task } from '../../../src/client/index.ts';
import { hasEnded } from '../../../src/model/task.ts';
import { eventually } from '../../support/eventually.ts';
import { hasGateAfter, isBeyondReturn } from '../cell.ts';
import { completed } from '../expectation.ts';
import { unlessEqual, type Violation } from '../violation.ts';
import { brisk, held, type Stage, type Way } from './way.ts';

/** Whether it was accepted; throws whatever is neither yes nor no. */
async function accepted(request: Promise<Task>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof TaskVerbRefusedError) return false;
    throw error;
  }
}

async function cancel({ fleet, cell, task, release }: Stage): Promise<Violation[]> {
  await fleet.untilInUnit(task.id, cell.step.name);
  const heeded = await accepted(fleet.client.cancel(task.id, { reason: 'the matrix' }));
  // Where it was heeded the unit ends by it.
  if (!heeded) await release();
  return unlessEqual('cancel accepted', heeded, !isBeyondReturn(cell));
}

export const cancelled: Way = {
  name: 'cancelled',
  needs: 'anyStep',
  rules: [{ direction: 'run', misbehaviour: held }],
  deadlineScale: brisk,
  meanwhile: cancel,
  expects: (cell) => (isBeyondReturn(cell) ? completed : { ...completed, status: 'ABORTED', outcome: 'undone' }),
};

async function pauseAndResume({ fleet, cell, task, release }: Stage): Promise<Violation[]> {
  await fleet.untilInUnit(task.id, cell.step.name);
  const heeded = await accepted(fleet.client.pause(task.id, { reason: 'the matrix' }));
  await release();
  const { status } = await eventually(`task ${task.id} is paused or ends`, async () => {
    const now = await fleet.client.task(task.id);
    return (now.status === 'PAUSED' || hasEnded(now.status)) && now;
  });
  if (status === 'PAUSED') await fleet.client.resume(task.id, { reason: 'the matrix' });
  return [
    ...unlessEqual('pause accepted', heeded, true),
    ...unlessEqual('paused', status === 'PAUSED', hasGateAfter(cell)),
  ];
}

export const pausedAndResumed: Way = {
  name: 'pausedAndResumed',
  needs: 'anyStep',
  rules: [{ direction: 'run', misbehaviour: held }],
  deadlineScale: brisk,
  meanwhile: pauseAndResume,
  expects: () => completed,
};
