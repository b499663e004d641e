import type { InstanceTasks } from '../../client/client.ts';
import { NotFoundError } from '../../client/errors.ts';
import type { Session } from '../session.ts';
import { fine, wrong, type Finding } from './finding.ts';

const instancesPerList = 1_000;

/** Whether any instance has lost its workflow. */
export async function examineInstances(session: Session): Promise<Finding[]> {
  const client = await session.client();
  const lost = (await client.lost()).map(({ id, name }) =>
    wrong('instances', `${name} (${id}) is lost: its workflow was ended from outside`, `itask recover ${id}`),
  );
  const forgotten = (await forgottenRooms(client)).map(({ host, id }) =>
    wrong(
      'instances',
      `${host} keeps room for ${id}, of which Temporal knows nothing`,
      `itask recover ${id} --from-host ${host}`,
    ),
  );
  const findings = [...lost, ...forgotten];
  return findings.length === 0 ? [fine('instances', 'none is lost')] : findings;
}

interface Room {
  readonly host: string;
  readonly id: string;
}

/** Claims of instances that have no workflow at all. */
async function forgottenRooms(client: InstanceTasks): Promise<Room[]> {
  const hosts = await client.hosts();
  const rooms = hosts.flatMap(({ name, claims }) => claims.map(({ instanceId }) => ({ host: name, id: instanceId })));
  const listed = rooms.length === 0 ? new Set() : await listedInstances(client);
  const unlisted = rooms.filter(({ id }) => !listed.has(id));
  // Lists may be a moment behind, and have no lost ones.
  const forgotten = await Promise.all(
    unlisted.map(async (room) => ((await isForgotten(client, room.id)) ? [room] : [])),
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

const isForgotten = (client: InstanceTasks, instanceId: string): Promise<boolean> =>
  client.projectOf(instanceId).then(
    () => false,
    (error: unknown) => {
      if (error instanceof NotFoundError) return true;
      throw error;
    },
  );
