import { ActivityFailure, ApplicationFailure, scheduleActivity, setWorkflowOptions } from '@temporalio/workflow';
import type { Debt } from '../../src/model/host.ts';
import { hostRecoveryTaskQueue } from '../../src/model/task.ts';
import type { UnitCall } from '../../src/model/unit.ts';
import { discardArrival, removeDisk } from '../../src/operations/units/index.ts';
import { versioned } from '../versioning.ts';

const removals: readonly string[] = [removeDisk.name, discardArrival.name];

/**
 * A visible task of a host: carries out what it owes, oldest first, before it serves again. Answers with the ids of the
 * debts that are paid; the others stay in the books and are tried again when the host next registers.
 */
export async function payDebts(host: string, debts: readonly Debt[]): Promise<string[]> {
  const paid: string[] = [];
  for (const debt of debts) if (await pay(host, debt)) paid.push(debt.id);
  return paid;
}
setWorkflowOptions(versioned('PINNED'), payDebts);

async function pay(host: string, { id, unit, input, purpose }: Debt): Promise<boolean> {
  const call: UnitCall<unknown> = { purpose, input };
  try {
    await scheduleActivity(unit, [call], {
      taskQueue: hostRecoveryTaskQueue(host),
      activityId: id,
      summary: `${unit} owed by task ${purpose.taskId}`,
      scheduleToCloseTimeout: '15m',
      scheduleToStartTimeout: '1m',
      startToCloseTimeout: '15m',
      heartbeatTimeout: '5s',
      retry: { maximumAttempts: 5 },
    });
    return true;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    // A later task has changed the guest since: what was owed of it is overtaken. Disks have names of their own, though:
    // one that was to be removed is still too many, and stays in the books for an operator.
    const stale = error.cause instanceof ApplicationFailure && error.cause.type === 'STALE_ATTEMPT';
    return stale && !removals.includes(unit);
  }
}
