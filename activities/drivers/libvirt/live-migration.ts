/**
 * Live migration. The daemon of the source drives it: it goes on when the worker dies, and the next attempt finds it under
 * way. Whether the guest has left is seen on both hosts, never inferred.
 */
import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { InputOf } from '../../../src/model/unit.ts';
import type {
  discardArrival,
  GuestMigration,
  GuestReport,
  MigrationReport,
} from '../../../src/operations/units/index.ts';
import { UnitFault } from '../../unit-fault.ts';
import type { UnitContext } from '../driver.ts';
import { output } from './commands.ts';
import { copyConfigDrive, removeConfigDrive } from './config-drive.ts';
import { exists, expectDisk } from './disks.ts';
import { faultIn } from './faults.ts';
import { Delivery } from './fencing.ts';
import { conflict, guestOf, removeGuest } from './guests.ts';
import { jobOf } from './jobs.ts';
import { diskFile, domainName } from './layout.ts';
import type { LibvirtHost } from './libvirt-host.ts';
import type { Act, Behaviour } from './unit.ts';

const glanceMs = 300;
/** As long as the deadline of its step allows. */
const migrationSeconds = 86_400;

/** Whether the guest is at the destination, and nowhere else. */
async function hasArrived({ host, instanceId, context }: Act, toHost: string): Promise<boolean> {
  if ((await host.look(instanceId, context)) !== null) return false;
  return (await host.peer(toHost).look(instanceId, context)) !== null;
}

export const migrating = (host: LibvirtHost): Behaviour<GuestMigration, GuestReport> => ({
  async change(input, act) {
    // Whoever has taken all back there must not get the guest after all.
    await Delivery.claim(host.peer(input.toHost).folder(act.instanceId), act.context);
    if (await hasArrived(act, input.toHost)) return;
    const guest = await guestOf(act);
    if (guest.powerState !== 'RUNNING' && guest.powerState !== 'PAUSED') throw conflict(guest);
    if ((await jobOf(act)) === null) await migrate(act, input);
    else await untilOver(act, input);
    if (!(await hasArrived(act, input.toHost))) throw new UnitFault('HYPERVISOR_ERROR', 'the guest has not arrived');
    await act.delivery.note('guest migrated');
  },
  report: (act) => reportFrom(host, act),
});

/** It is on one of the hosts; which, the caller knows. */
async function reportFrom(host: LibvirtHost, { instanceId, context }: Act): Promise<GuestReport> {
  for (const each of [host, ...Object.keys(host.options.peers).map((name) => host.peer(name))]) {
    const guest = await each.look(instanceId, context);
    if (guest !== null) return { powerState: guest.powerState };
  }
  return { powerState: 'NOSTATE' };
}

async function migrate(act: Act, input: GuestMigration): Promise<void> {
  const { host, instanceId, delivery, context } = act;
  await expectDisk(host, instanceId, input.disk);
  const there = host.peer(input.toHost);
  await expectDisk(there, instanceId, input.toDisk);
  await copyConfigDrive(act, there);
  const [live, kept] = await Promise.all([
    definitionThere(act, input, '--migratable'),
    definitionThere(act, input, '--inactive'),
  ]);
  const watching = new AbortController();
  const watched = watch(act, watching.signal);
  try {
    const words = ['--live', '--p2p', '--persistent', '--undefinesource', '--unsafe'];
    // Volumes are reached from everywhere; only the disk of the guest itself has to be copied.
    const disks = ['--copy-storage-all', '--migrate-disks', 'vda'];
    const files = ['--xml', live, '--persistent-xml', kept];
    const command = host.virsh(
      'migrate',
      ...words,
      ...disks,
      ...files,
      ...waysTo(host, input.toHost, instanceId),
      domainName(instanceId),
      there.options.uri,
    );
    const { exitCode, stderr } = await delivery.longAttempt(command, { timeoutSeconds: migrationSeconds });
    if (exitCode !== 0) throw faultIn('virsh migrate', stderr);
  } catch (error) {
    // Whoever stops the worker stops `virsh` only: the daemon goes on unless it is told.
    if (context.signal.aborted) await output(host.virsh('domjobabort', domainName(instanceId))).catch(() => undefined);
    throw error;
  } finally {
    watching.abort();
    await watched;
    await Promise.all([rm(live, { force: true }), rm(kept, { force: true })]);
  }
}

function waysTo(host: LibvirtHost, toHost: string, instanceId: string): string[] {
  const sockets = host.options.peers[toHost]?.sockets;
  if (sockets === undefined) return [];
  const short = instanceId.slice(0, 8);
  return ['--migrateuri', `unix:${join(sockets, `m${short}`)}`, '--disks-uri', `unix:${join(sockets, `d${short}`)}`];
}

/** Its definition with the files that it will have there, as a file. */
async function definitionThere(
  { host, instanceId, context }: Act,
  input: GuestMigration,
  view: string,
): Promise<string> {
  const there = host.peer(input.toHost);
  const xml = await output(host.virsh('dumpxml', domainName(instanceId), view), context);
  const from = diskFile(host.options.directory, instanceId, input.disk);
  const to = diskFile(there.options.directory, instanceId, input.toDisk);
  const moved = xml.replaceAll(from, to).replaceAll(`${host.folder(instanceId)}/`, `${there.folder(instanceId)}/`);
  const file = host.file(instanceId, `${randomUUID()}.xml`);
  await writeFile(file, moved);
  return file;
}

/** Tells of the progress for as long as it is not told to stop. */
async function watch(act: Act, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const job = await jobOf(act).catch(() => null);
    if (job !== null) act.context.progress(job.share);
    if (job !== null) await heedForce(act);
    await delay(glanceMs, undefined, { signal }).catch(() => undefined);
  }
}

async function untilOver(act: Act, { toHost }: GuestMigration): Promise<void> {
  while (!(await hasArrived(act, toHost))) {
    const job = await jobOf(act);
    if (job === null) return;
    act.context.progress(job.share);
    await delay(glanceMs, undefined, { signal: act.context.signal });
  }
}

export const aborting: Behaviour<GuestMigration, MigrationReport> = {
  async change({ toHost }, act) {
    const { host, instanceId, delivery, context } = act;
    while (!(await hasArrived(act, toHost)) && (await jobOf(act)) !== null) {
      await delivery.attempt(host.virsh('domjobabort', domainName(instanceId)));
      context.progress(0);
      await delay(glanceMs, undefined, { signal: context.signal });
    }
  },
  async report(act) {
    const here = await act.host.look(act.instanceId, act.context);
    const report = await reportFrom(act.host, act);
    return { ...report, arrived: here === null && report.powerState !== 'NOSTATE' };
  },
};

/** Where a task leaves that its migration is to be forced. */
const markOf = (host: LibvirtHost, { purpose }: UnitContext): string =>
  host.file(purpose.instanceId, `forced-${purpose.taskId}`);

/** The guest stops where it is, so that what is left to be copied becomes less; it goes on where it arrives. */
async function heedForce({ host, instanceId, context }: Act): Promise<void> {
  if ((await readFile(markOf(host, context), 'utf8').catch(() => null)) === null) return;
  if ((await host.look(instanceId))?.powerState !== 'RUNNING') return;
  await output(host.virsh('suspend', domainName(instanceId))).catch(() => undefined);
}

/** Leaves a mark, which the migration heeds: it runs beside it, and must not shut it out. */
export const forcing =
  (host: LibvirtHost) =>
  async (_input: unknown, context: UnitContext): Promise<unknown> => {
    const { instanceId } = context.purpose;
    context.signal.throwIfAborted();
    const folder = host.folder(instanceId);
    await Delivery.admit(folder, context);
    if ((await host.look(instanceId, context)) !== null) await writeFile(markOf(host, context), '');
    return {};
  };

export const disposal: Behaviour<InputOf<typeof discardArrival>, unknown> = {
  async change({ disk }, act) {
    const { host, instanceId, delivery } = act;
    const file = diskFile(host.options.directory, instanceId, disk);
    const isNothing = (await host.look(instanceId, act.context)) === null && !(await exists(file));
    if (isNothing) return removeConfigDrive(act);
    await removeGuest(act, null);
    await delivery.effect('arrival discarded', ['rm', '-f', file]);
  },
  report: async () => ({}),
};
