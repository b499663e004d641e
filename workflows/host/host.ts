import {
  allHandlersFinished,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  setHandler,
  setWorkflowOptions,
  sleep,
  startChild,
  ParentClosePolicy,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { Claim, HostRecord } from '../../src/model/host.ts';
import { hostTaskWorkflowId } from '../../src/model/task.ts';
import * as messages from '../messages.ts';
import { refuse } from '../refusal.ts';
import { versioned } from '../versioning.ts';
import { HostEntity } from './entity.ts';
import { payDebts } from './pay-debts.ts';
import { publish } from './publish.ts';

/** Half of what one run may take in updates: claims come many at once. */
const updatesPerRun = 1_000;

/** One hypervisor: its capacity, the claims on it, its maintenance, and what it owes. Temporal's cancel is ignored. */
export async function host(state: HostRecord): Promise<void> {
  const entity = new HostEntity(state);
  let updates = 0;
  const changed = (): HostRecord => {
    updates += 1;
    publish(entity.record);
    return entity.record;
  };
  setHandler(messages.hostQuery, () => entity.record, { description: 'Capacity, claims, debts and maintenance.' });
  setHandler(messages.registerHost, (capacity) => {
    entity.register(capacity);
    return changed();
  });
  setHandler(
    messages.claimResources,
    (claim) => {
      entity.claim(claim);
      return changed();
    },
    {
      validator: (claim: Claim) => {
        const problem = entity.claimProblem(claim);
        if (problem !== null) refuse(problem);
      },
      description: 'Reserves room for an instance. Idempotent by the id of the claim.',
    },
  );
  setHandler(messages.releaseResources, (claimId) => {
    const released = entity.release(claimId);
    if (released) changed();
    return released;
  });
  setHandler(messages.addDebt, (debt) => {
    entity.addDebt(debt);
    return changed().debts.length;
  });
  setHandler(messages.markHostDown, () => {
    entity.markDown();
    return changed();
  });
  setHandler(messages.setMaintenance, (maintenance) => {
    entity.setMaintenance(maintenance);
    return changed();
  });
  const isDue = (): boolean => updates > updatesPerRun || workflowInfo().continueAsNewSuggested;
  await CancellationScope.nonCancellable(async () => {
    while (!isDue()) {
      await condition(() => entity.record.settling || isDue());
      if (!entity.record.settling) continue;
      const { debts, name } = entity.record;
      const child = await startChild(payDebts, {
        workflowId: hostTaskWorkflowId(name, uuid4()),
        args: [name, debts],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `pay ${debts.length} debts of ${name}`,
      });
      for (const paid of await child.result()) entity.settle(paid);
      entity.endSettling();
      publish(entity.record);
    }
    await sleep(1);
    await condition(allHandlersFinished);
    await makeContinueAsNewFunc<typeof host>()(entity.record);
  });
}
setWorkflowOptions(versioned('AUTO_UPGRADE'), host);
