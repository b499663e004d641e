/** What is on the hosts that belongs to no record, or is missing there. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { InstanceRecord } from '../../src/client/index.ts';
import { hostNames, type HostName } from '../drivers/libvirt/daemons.ts';
import { eventually } from '../support/eventually.ts';
import { processesWith } from './processes.ts';
import type { Stage } from './stage.ts';

/** What may always be in the folder of an instance: which units were there, for whoever comes too late. */
const keeping = new Set(['lock', 'lock.fence', 'lock.done', 'lock.long', 'effects.ndjson', 'copied', 'interrupted-by']);
/** Images that were there before. */
const given = new Set(['debian-13', 'cirros', 'rescue'].map((name) => `${name}.qcow2`));

/** Waits until there is nothing but what the records of these instances say, and the images that were asked for. */
export async function expectTidy(stage: Stage, instanceIds: readonly string[], images: readonly string[] = []) {
  await eventually('all is tidy', async () => {
    const found = await leftovers(stage, instanceIds, images);
    if (found.length > 0) throw new Error(found.join('; '));
    return true;
  });
}

async function leftovers(stage: Stage, instanceIds: readonly string[], images: readonly string[]): Promise<string[]> {
  const records = await Promise.all(instanceIds.map((id) => stage.client.get(id)));
  const found = await Promise.all([
    ...records.map((record) => claimsAndDebts(stage, record)),
    ...hostNames.map((host) => domains(stage, host, records)),
    ...hostNames.flatMap((host) => records.map((record) => files(stage, host, record))),
    ...hostNames.map((host) => saved(stage, host, records)),
    store(stage, images),
    processes(stage),
  ]);
  return found.flat();
}

/** Names of the disks that the instance should have there. */
function disksOf({ residence, pendingResize }: InstanceRecord, host: HostName): string[] {
  return [residence, pendingResize?.from ?? null].flatMap((place) =>
    place?.host === host ? [place.disk, ...(place.rescueDisk === undefined ? [] : [place.rescueDisk])] : [],
  );
}

const difference = (what: string, found: readonly string[], wanted: readonly string[]): string[] => [
  ...found.filter((each) => !wanted.includes(each)).map((each) => `${what} ${each} is left`),
  ...wanted.filter((each) => !found.includes(each)).map((each) => `${what} ${each} is missing`),
];

async function claimsAndDebts({ fleet }: Stage, { id, residence, pendingResize }: InstanceRecord): Promise<string[]> {
  const wanted = [residence, pendingResize?.from ?? null].flatMap((place) => (place === null ? [] : [place.claim]));
  const claims = (await fleet.hypervisors.claims(id)).map(({ id: claim }) => claim);
  const debts = await fleet.hypervisors.debts(id);
  return [...difference('claim', claims, wanted), ...debts.map(({ unit }) => `${unit} is owed`)];
}

async function domains({ places }: Stage, host: HostName, records: readonly InstanceRecord[]): Promise<string[]> {
  const wanted = records.flatMap((record) => (disksOf(record, host).length > 0 ? [`instance-${record.id}`] : []));
  const found = await places.guests(host);
  const jobs = found.map(async (name) => {
    const { stdout } = await places.virsh(host, 'domjobinfo', name);
    return /Job type:\s+(?!None)\w/.test(stdout) ? [`${name} has a job on ${host}: ${stdout}`] : [];
  });
  return [...difference(`guest on ${host}`, found, wanted), ...(await Promise.all(jobs)).flat()];
}

async function files({ places }: Stage, host: HostName, record: InstanceRecord): Promise<string[]> {
  const folder = places.folder(host, record.id);
  const found = (await readdir(folder).catch(() => [])).filter((name) => !keeping.has(name));
  const disks = disksOf(record, host).map((disk) => `${disk}.qcow2`);
  const more = found.filter((name) => disks.length > 0 && (name === 'console.log' || name === 'ports.json'));
  const locks = ['lock', 'lock.long'].filter((name) => existsSync(join(folder, name)));
  const held = await Promise.all(
    locks.map(async (name) => {
      const { exitCode } = await execa('flock', ['-n', join(folder, name), 'true'], { reject: false });
      return exitCode === 0 ? [] : [`${name} of ${record.id} is held on ${host}`];
    }),
  );
  return [...difference(`file on ${host}`, found, [...disks, ...more]), ...held.flat()];
}

/** The memory of guests that are suspended. */
async function saved({ daemons }: Stage, host: HostName, records: readonly InstanceRecord[]): Promise<string[]> {
  const found = await readdir(join(daemons.folder, host, 'libvirt/qemu/save')).catch(() => []);
  const wanted = records.filter(({ residence, powerState }) => residence?.host === host && powerState === 'SUSPENDED');
  return difference(
    `saved memory on ${host}`,
    found,
    wanted.map(({ id }) => `instance-${id}.save`),
  );
}

const store = async ({ places }: Stage, images: readonly string[]): Promise<string[]> =>
  difference(
    'image',
    (await readdir(places.store)).filter((name) => !given.has(name)),
    images.map((image) => `${image}.qcow2`),
  );

/** Whoever still works for a unit. */
async function processes({ places, daemons }: Stage): Promise<string[]> {
  const working = [
    ...(await processesWith('virsh -q -c', daemons.folder)),
    ...(await processesWith('qemu-img', places.own)),
  ];
  return working
    .filter(({ words }) => ![' domstats ', ' list ', ' event '].some((looking) => words.includes(looking)))
    .map(({ words }) => words);
}
