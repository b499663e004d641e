/** Guests on a hypervisor that no instance has room for there. */
import type { Client } from '@temporalio/client';
import type { Driver } from '../../activities/drivers/driver.ts';
import { query, unlessNotFound, update } from '../client/gateway.ts';
import { listDeletedInstances } from '../client/lists.ts';
import { owedSequence, type Debt, type HostRecord } from '../model/host.ts';
import { hostWorkflowId } from '../model/task.ts';
import { destroyGuest, removeDisk, unplugNetwork } from '../operations/units/index.ts';
import { addDebt, hostQuery } from '../../workflows/messages.ts';

/** After all that the instance has ever had done: nothing comes after its end. */
const afterTheEnd = 1_000_000_000;
const idsPerList = 100;

interface Host {
  readonly name: string;
  readonly driver: Pick<Driver, 'listGuests' | 'listDisks'>;
}

/**
 * Looks at all guests of a host. What instances have left that were deleted is booked as debts of the host, which a visible
 * task pays; ids of the others are returned, for they may be somebody's. Guests that are not ours are not even seen.
 */
export async function findStrays(client: Client, { name, driver }: Host): Promise<string[]> {
  // Room is claimed before there is a guest, and given up after it is gone: so guests are looked at first.
  const guests = (await driver.listGuests()).map(({ instanceId }) => instanceId);
  const record = await hostRecord(client, name);
  if (record === null) return guests;
  const { claims, debts } = record;
  const known = new Set([
    ...claims.map((claim) => claim.instanceId),
    ...debts.map(({ purpose }) => purpose.instanceId),
  ]);
  const strays = guests.filter((id) => !known.has(id));
  const deleted = new Set<string>();
  for (let index = 0; index < strays.length; index += idsPerList) {
    for (const id of await listDeletedInstances(client, strays.slice(index, index + idsPerList))) deleted.add(id);
  }
  for (const id of deleted) {
    for (const debt of remains(id, await driver.listDisks(id))) {
      await update(client, hostWorkflowId(name), addDebt, [debt]);
    }
  }
  return strays.filter((id) => !deleted.has(id));
}

/** Null where no worker has ever registered it. */
const hostRecord = (client: Client, name: string): Promise<HostRecord | null> =>
  unlessNotFound(query(client, hostWorkflowId(name), hostQuery));

/** The removal of all that a deleted instance has there. */
function remains(instanceId: string, disks: readonly string[]): Debt[] {
  const units = [
    { unit: destroyGuest.name, input: {} },
    { unit: unplugNetwork.name, input: {} },
    ...disks.map((disk) => ({ unit: removeDisk.name, input: { disk } })),
  ];
  return units.map(({ unit, input }, index) => {
    const id = `stray/${instanceId}/${index}`;
    const purpose = {
      taskId: id,
      operation: 'payDebts',
      step: unit,
      direction: 'undo',
      instanceId,
      generation: afterTheEnd,
      sequence: owedSequence(index),
    } as const;
    return { id, unit, input, purpose, unreachable: false, owedAt: new Date().toISOString() };
  });
}
