import { setHandler } from '@temporalio/workflow';
import type { Claim } from '../../src/model/host.ts';
import * as messages from '../messages.ts';
import { refuse } from '../refusal.ts';
import type { HostEntity } from './entity.ts';
import { listenForFencing } from './fencing.ts';
import { listenForHostTasks } from './submit-host-task.ts';
import { publish, publishPeers } from './publish.ts';

/** What a host can be told and asked. */
export function listen(entity: HostEntity): void {
  setHandler(messages.hostQuery, () => entity.record, { description: 'Capacity, claims, debts and maintenance.' });
  setHandler(
    messages.registerHost,
    (capacity, traits) => {
      entity.register(capacity, traits);
      publish(entity.record);
      publishPeers(entity.record);
      return entity.record;
    },
    { description: 'A worker of the host has come, with what the hypervisor has.' },
  );
  setHandler(messages.markHostDown, () => {
    entity.markDown();
    publish(entity.record);
    return entity.record;
  });
  setHandler(messages.setMaintenance, (maintenance) => {
    entity.setMaintenance(maintenance);
    publish(entity.record);
    return entity.record;
  });
  setHandler(messages.addDebt, (debt) => {
    entity.addDebt(debt);
    publish(entity.record);
    return entity.record.debts.length;
  });
  listenForClaims(entity);
  listenForFencing(entity);
  listenForHostTasks(entity);
}

function listenForClaims(entity: HostEntity): void {
  const validator = (claim: Claim): void => {
    const problem = entity.claimProblem(claim);
    if (problem !== null) refuse(problem);
  };
  setHandler(
    messages.claimResources,
    (claim) => {
      // Asked again: between two updates of one workflow task the first has already been heeded.
      validator(claim);
      entity.claim(claim);
      publish(entity.record);
      return true;
    },
    { validator, description: 'Reserves room for an instance. Idempotent by the id of the claim.' },
  );
  setHandler(
    messages.releaseResources,
    (release) => {
      const released = entity.release(release);
      if (released) publish(entity.record);
      return released;
    },
    { description: 'Gives a claim up for good: older deliveries do not get it any more. Says whether there was one.' },
  );
}
