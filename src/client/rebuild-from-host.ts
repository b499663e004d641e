/** An instance of which Temporal knows nothing is brought back from what its host has noted. */
import type { Client } from '@temporalio/client';
import { resourcesOf, type Claim, type HostRecord, type Resources } from '../model/host.ts';
import type { HostLooks } from '../model/host-looks.ts';
import type { InstanceRecord } from '../model/instance.ts';
import { rebuiltRecord, type DescribedGuest, type FoundInstance, type NotedGuest } from '../model/noted-guest.ts';
import { claimId, hostWorkflowId, instanceWorkflowId } from '../model/task.ts';
import type { Fence } from '../model/unit.ts';
import { claimResources, instanceQuery, instanceStateQuery, releaseResources } from '../../workflows/messages.ts';
import { NotFoundError, RefusedError } from './errors.ts';
import { call, query, unlessNotFound, update } from './gateway.ts';
import { asking, lookAt } from './host-look.ts';
import { listHosts, listTasks } from './lists.ts';
import { newState } from './new-record.ts';
import { notLost, startAgain } from './start-again.ts';

/** How long a host may take to answer. */
const answerDeadline = '30s';

/** Room that a host keeps for an instance. */
interface Room extends Claim {
  readonly host: string;
}

/**
 * Starts the workflow of an instance with the record that its host can tell. Room that it has there it keeps, or is given;
 * room elsewhere it gives up, but for what a resize has left to be decided. Throws {@link RefusedError} when Temporal knows
 * the instance, a task of it runs, or the host has nothing to tell.
 */
export async function rebuildFromHost(client: Client, instanceId: string, host: string): Promise<InstanceRecord> {
  await expectForgotten(client, instanceId);
  const rooms = await roomsOf(client, instanceId, host);
  const guest = await describeGuest(client, instanceId, host);
  if (guest.noted === null) {
    throw new RefusedError(`an earlier version has defined ${instanceId} on ${host}, and noted nothing of it`);
  }
  const found = assemble(instanceId, host, rooms, guest, guest.noted);
  const record = rebuiltRecord(found);
  const claimed = rooms.some(({ id }) => id === found.claim) ? null : await claimRoom(client, found, record);
  try {
    const rebuilt = await startAgain(client, newState(record));
    for (const room of rooms) if (!isOf(record, room)) await giveUp(client, room, record);
    return rebuilt;
  } catch (error) {
    // Somebody else was faster, perhaps from another host.
    if (claimed !== null && error instanceof RefusedError) await giveUpUnlessNeeded(client, claimed, record);
    throw error;
  }
}

/** Whoever terminated the workflow only has a better record there. */
async function expectForgotten(client: Client, instanceId: string): Promise<void> {
  const workflowId = instanceWorkflowId(instanceId);
  const status = await unlessNotFound(
    call(client, workflowId, async () => (await client.workflow.getHandle(workflowId).describe()).status.name),
  );
  if (status === 'RUNNING') throw notLost(instanceId);
  if (status === 'COMPLETED') throw new RefusedError(`instance ${instanceId} was deleted`);
  if (status !== null && (await unlessNotFound(query(client, workflowId, instanceStateQuery))) !== null) {
    throw new RefusedError(`Temporal still knows instance ${instanceId}: recover it without a host`);
  }
  const { rows } = await listTasks(client, { instanceId });
  const task = rows.find(({ endedAt }) => endedAt === null);
  if (task === undefined) return;
  throw new RefusedError(`${task.operation} (task ${task.id}) of instance ${instanceId} still runs: let it end first`);
}

/** All room that is kept for the instance. Throws {@link NotFoundError} where there is no such host. */
async function roomsOf(client: Client, instanceId: string, host: string): Promise<Room[]> {
  const hosts = await listHosts(client);
  if (!hosts.some(({ name }) => name === host)) throw new NotFoundError(`there is no host ${host}`);
  const roomsOn = ({ name, claims }: HostRecord) => claims.map((claim) => ({ ...claim, host: name }));
  return hosts.flatMap(roomsOn).filter((room) => room.instanceId === instanceId);
}

const describeGuest = (client: Client, instanceId: string, host: string): Promise<DescribedGuest> => {
  const place = { host, name: instanceId };
  return asking(place, () =>
    client.activity.typed<HostLooks>().execute('describeGuest', {
      ...lookAt('record', instanceId, place, answerDeadline),
      args: [instanceId],
    }),
  );
};

function assemble(
  id: string,
  host: string,
  rooms: readonly Room[],
  guest: DescribedGuest,
  noted: NotedGuest,
): FoundInstance {
  const from = noted.record.pendingResize?.from;
  const former = rooms.find((room) => room.host === from?.host && room.id === from.claim);
  const own = rooms.find((room) => room !== former && room.host === host && isOfSize(room, noted.flavor));
  const claim = own?.id ?? claimId(id, 'recovered');
  return { id, host, claim, guest, noted, isUndecided: former !== undefined, at: new Date().toISOString() };
}

const isOfSize = (room: Resources, { vcpus, memoryMb, diskGb }: Resources): boolean =>
  room.vcpus === vcpus && room.memoryMb === memoryMb && room.diskGb === diskGb;

/** Before all that the instance will do, and after all that it has done. */
const fenceOf = ({ generation }: InstanceRecord): Fence => ({ generation, sequence: 0, attempt: 1 });

/** Whoever asks for it at the same time asks for the same room. Throws {@link RefusedError}. */
async function claimRoom(
  client: Client,
  { id, host, claim, at }: FoundInstance,
  record: InstanceRecord,
): Promise<Room> {
  const wanted = { id: claim, instanceId: id, claimedAt: at, fence: fenceOf(record), ...resourcesOf(record.flavor) };
  await update(client, hostWorkflowId(host), claimResources, [wanted]);
  return { ...wanted, host };
}

/** Whether the record says that the instance has that room. */
const isOf = ({ residence, pendingResize }: InstanceRecord, room: Room): boolean =>
  [residence, pendingResize?.from].some((each) => each?.host === room.host && each.claim === room.id);

const giveUp = (client: Client, { host, id }: Room, record: InstanceRecord): Promise<boolean> =>
  update(client, hostWorkflowId(host), releaseResources, [{ claim: id, fence: fenceOf(record) }]);

async function giveUpUnlessNeeded(client: Client, room: Room, record: InstanceRecord): Promise<void> {
  const { instance } = await query(client, instanceWorkflowId(room.instanceId), instanceQuery);
  if (!isOf(instance, room)) await giveUp(client, room, record);
}
