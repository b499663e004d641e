/** Declaring a host fenced, and what its instances are told of that. */
import { CancellationScope, getExternalWorkflowHandle, setHandler, upsertMemo } from '@temporalio/workflow';
import { hasJustRegistered, type Departure, type HostRecord } from '../../src/model/host.ts';
import { instanceWorkflowId } from '../../src/model/task.ts';
import { control } from '../engine/dispatch-unit.ts';
import { now } from '../engine/task-run.ts';
import * as messages from '../messages.ts';
import { refuse } from '../refusal.ts';
import type { HostEntity } from './entity.ts';
import { hostMemo, publish } from './publish.ts';

/** Tells the instances that had room on the host, so that no task of theirs waits for a host that is dead. */
export async function tellInstances({ name, fenced }: HostRecord, isFenced: boolean): Promise<void> {
  const notice = { host: name, fenced: isFenced };
  const told = (fenced?.instances ?? []).map((id) =>
    getExternalWorkflowHandle(instanceWorkflowId(id))
      .signal(messages.noteFencing, notice)
      // One that has been deleted needs to know nothing.
      .catch(() => undefined),
  );
  await Promise.all(told);
}

export function listenForFencing(entity: HostEntity): void {
  const fence = async ({ actor, reason, force }: messages.FenceRequest): Promise<HostRecord> => {
    if (!force) await expectDead(entity);
    entity.fence({ at: now(), actor, reason });
    publish(entity.record);
    upsertMemo(hostMemo(entity.record));
    await tellInstances(entity.record, true);
    return entity.record;
  };
  // Temporal's own cancel is ignored, also by who waits here.
  setHandler(messages.fenceHost, (request) => CancellationScope.nonCancellable(() => fence(request)), {
    description: 'Declares the host dead for good. Argument: {"actor": "...", "reason": "...", "force": false}',
  });
  listenForDepartures(entity);
}

async function expectDead(entity: HostEntity): Promise<void> {
  const { name, settling } = entity.record;
  const isAlive = settling || hasJustRegistered(entity.record, now()) || (await control.isHostAlive(name));
  // A worker may have come while others were looked for.
  if (!isAlive && !entity.record.up) return;
  const message = `a worker of ${name} is alive: end it first, or say with --force that the host is cut off`;
  refuse({ type: 'HostAlive', message, host: name });
}

function listenForDepartures(entity: HostEntity): void {
  const validator = (departure: Departure): void => {
    const problem = entity.departureProblem(departure);
    if (problem !== null) refuse(problem);
  };
  setHandler(
    messages.departInstance,
    (departure) => {
      // Asked again: between two updates of one workflow task the first has already been heeded.
      validator(departure);
      entity.depart(departure);
      publish(entity.record);
      return true;
    },
    { validator, description: 'Books what an instance leaves on the fenced host, and frees its room. Idempotent.' },
  );
}
