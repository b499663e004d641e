import type { InstanceTasks } from '../../client/client.ts';
import { unlessNotFound } from '../../client/gateway.ts';
import type { Session } from '../session.ts';
import { fine, wrong, type Finding } from './finding.ts';

const instancesPerList = 1_000;

/** Whether any instance has lost its workflow. */
export async function examineInstances(session: Session): Promise<Finding[]> {
  const client = await session.client();
  const lost = await client.lost();
  const forgotten = await forgottenRooms(client, new Set(lost.map(({ id }) => id)));
  const findings = [
    ...lost.map(({ id, name }) =>
      wrong('instances', `${name} (${id}) is lost: its workflow was ended from outside`, `itask recover ${id}`),
    ),
    ...forgotten.map(({ host, id }) =>
      wrong(
        'instances',
        `${host} keeps room for ${id}, of which Temporal knows nothing`,
        `itask recover ${id} --from-host ${host}`,
      ),
    ),
  ];
  return findings.length === 0 ? [fine('instances', 'none is lost')] : findings;
}

interface Room {
  readonly host: string;
  readonly id: string;
}

/** Claims of instances that have no workflow at all. */
async function forgottenRooms(client: InstanceTasks, lost: ReadonlySet<string>): Promise<Room[]> {
  const hosts = await client.hosts();
  const rooms = hosts.flatMap(({ name, claims }) => claims.map(({ instanceId }) => ({ host: name, id: instanceId })));
  const listed = rooms.length === 0 ? new Set() : await listedInstances(client);
  const unlisted = rooms.filter(({ id }) => !listed.has(id) && !lost.has(id));
  // Lists may be a moment behind.
  const forgotten = await Promise.all(
    unlisted.map(async (room) => ((await unlessNotFound(client.projectOf(room.id))) === null ? [room] : [])),
  );
  return forgotten.flat();
}

async function listedInstances(client: InstanceTasks): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (let page: string | null | undefined; page !== null;) {
    const part = await client.list({ limit: instancesPerList, ...(page !== undefined && { page }) });
    for (const { id } of part.rows) ids.add(id);
    page = part.next;
  }
  return ids;
}
