import {
  allHandlersFinished,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  ParentClosePolicy,
  setWorkflowOptions,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { HostRecord } from '../../src/model/host.ts';
import { hostTaskWorkflowId } from '../../src/model/task.ts';
import { afterAnswers } from '../after-answers.ts';
import { newId } from '../new-id.ts';
import { versioned } from '../versioning.ts';
import { HostEntity } from './entity.ts';
import { listen } from './listen.ts';
import { payDebts } from './pay-debts.ts';
import { tellInstances } from './fencing.ts';
import { hostMemo, publish } from './publish.ts';

/** Half of what one run may take in updates: claims come many at once. */
const updatesPerRun = 1_000;

/** One hypervisor: its capacity, the claims on it, its maintenance, and what it owes. Temporal's cancel is ignored. */
export async function host(state: HostRecord): Promise<void> {
  const entity = new HostEntity(state);
  listen(entity);
  const isDue = (): boolean => entity.updates > updatesPerRun || workflowInfo().continueAsNewSuggested;
  await CancellationScope.nonCancellable(async () => {
    while (!isDue()) {
      await condition(() => entity.record.settling || isDue());
      await afterAnswers();
      if (entity.record.settling) await settle(entity);
    }
    // An update that completes in the very workflow task of the hand-over may be lost to its caller: let that one pass.
    await sleep(1);
    await condition(allHandlersFinished);
    // The memo would be handed over as it was at the start of this run.
    await makeContinueAsNewFunc<typeof host>({ memo: hostMemo(entity.record) })(entity.record);
  });
}
setWorkflowOptions(versioned('AUTO_UPGRADE'), host);

/** Has the debts paid by a task of their own; what it could not pay stays in the books. Then nobody takes it for fenced. */
async function settle(entity: HostEntity): Promise<void> {
  const { debts, name, epoch } = entity.record;
  if (debts.length > 0) {
    const child = await startChild(payDebts, {
      workflowId: hostTaskWorkflowId(name, newId()),
      args: [name, debts],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `pay ${debts.length} debts of ${name}`,
    });
    for (const paid of await child.result().catch(nothingPaid)) entity.settle(paid);
  }
  if (entity.mayServe(epoch)) await tellInstances(entity.record, false);
  entity.endSettling(epoch);
  publish(entity.record);
}

/** The task was ended from outside: its debts are as they were. */
const nothingPaid = (): string[] => [];
