/**
 * Live migration. The daemon of the source drives it: it goes on when the worker dies, and the next attempt finds it under
 * way. Whether the guest has left is seen on both hosts, never inferred.
 */
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
import { copyConfigDrive, removeConfigDrive } from './config-drive.ts';
import { exists, expectDisk } from './disks.ts';
import { withFilesMoved } from './domain.ts';
import { faultIn } from './faults.ts';
import { forgetForce, heedForce } from './forced-migration.ts';
import { conflict, guestOf, removeGuest } from './guests.ts';
import { endJob, ownJob, untilNoJob } from './own-jobs.ts';
import { diskFile, domainName } from './layout.ts';
import type { LibvirtHost } from './libvirt-host.ts';
import { heedless, type Act, type Behaviour } from './unit.ts';

const glanceMs = 300;
/** Between the end of the job and the source's forgetting of the guest. */
const settlingMs = 10_000;
/** As long as the deadline of its step allows. */
const migrationSeconds = 86_400;
const migration = 'Outgoing migration';

/** Whether the guest is at the destination, and nowhere else. */
async function hasArrived({ host, instanceId, context }: Act, toHost: string): Promise<boolean> {
  if ((await host.look(instanceId, context)) !== null) return false;
  return (await host.peer(toHost).look(instanceId, context)) !== null;
}

export const migrating = (host: LibvirtHost): Behaviour<GuestMigration, GuestReport> => ({
  // Whoever has taken all back there must not get the guest after all.
  elsewhere: ({ toHost }) => toHost,
  async change(input, act) {
    if ((await ownJob(act))?.operation === migration) await untilOver(act);
    else await untilNoJob(act);
    if (!(await hasArrived(act, input.toHost))) {
      const guest = await guestOf(act);
      if (guest.powerState !== 'RUNNING' && guest.powerState !== 'PAUSED') throw conflict(guest);
      await migrate(act, input);
    }
    await forgetForce(act);
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
  const ways = waysTo(host, input.toHost, instanceId);
  const watching = new AbortController();
  const watched = watch(act, watching.signal);
  try {
    await delivery.withDraft(live, (liveFile) =>
      delivery.withDraft(kept, async (keptFile) => {
        const files = ['--xml', liveFile, '--persistent-xml', keptFile];
        const command = host.virsh('migrate', ...how, ...files, ...ways, domainName(instanceId), there.options.uri);
        const { exitCode, stderr } = await delivery.longAttempt(command, { timeoutSeconds: migrationSeconds });
        if (exitCode !== 0) throw faultIn('virsh migrate', stderr);
      }),
    );
    await settled(act, input);
  } catch (error) {
    // Whoever cancels the unit stops `virsh` only: the daemon goes on unless it is told.
    if (context.signal.aborted) await endJob(heedless(act));
    throw error;
  } finally {
    watching.abort();
    await watched;
  }
}

/** Volumes are reached from everywhere; only the disk of the guest itself has to be copied. */
const how = [
  ...['--live', '--p2p', '--persistent', '--undefinesource', '--unsafe'],
  ...['--copy-storage-all', '--migrate-disks', 'vda'],
];

/** Waits until the guest is there and nowhere else. Raises HYPERVISOR_ERROR when it stays. */
async function settled(act: Act, { toHost }: GuestMigration): Promise<void> {
  for (const end = Date.now() + settlingMs; !(await hasArrived(act, toHost));) {
    if (Date.now() >= end) throw new UnitFault('HYPERVISOR_ERROR', 'the guest has not arrived');
    await delay(glanceMs, undefined, { signal: act.context.signal });
  }
}

function waysTo(host: LibvirtHost, toHost: string, instanceId: string): string[] {
  const sockets = host.options.peers[toHost]?.sockets;
  if (sockets === undefined) return [];
  const short = instanceId.slice(0, 8);
  return ['--migrateuri', `unix:${join(sockets, `m${short}`)}`, '--disks-uri', `unix:${join(sockets, `d${short}`)}`];
}

/** Its definition with the files that it will have there. */
async function definitionThere(
  { host, instanceId, context }: Act,
  { toHost, disk, toDisk }: GuestMigration,
  view: string,
): Promise<string> {
  const there = host.peer(toHost);
  const xml = await host.ask(['dumpxml', domainName(instanceId), view], context);
  return withFilesMoved(xml, [
    [diskFile(host.options.directory, instanceId, disk), diskFile(there.options.directory, instanceId, toDisk)],
    [`${host.folder(instanceId)}/`, `${there.folder(instanceId)}/`],
  ]);
}

/** Tells of the progress, and heeds who wants to force it, for as long as it is not told to stop. */
async function watch(act: Act, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const job = await ownJob(act).catch(() => null);
    if (job !== null) {
      act.context.progress(job.share);
      await heedForce(act).catch(() => undefined);
    }
    await delay(glanceMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Waits until the one that was found under way is over, whether the guest has arrived or not. */
async function untilOver(act: Act): Promise<void> {
  for (let job = await ownJob(act); job?.operation === migration; job = await ownJob(act)) {
    act.context.progress(job.share);
    await heedForce(act);
    await delay(glanceMs, undefined, { signal: act.context.signal });
  }
  // Whoever has begun it may still have to see it through.
  while (!(await act.delivery.isIdle())) await delay(glanceMs, undefined, { signal: act.context.signal });
}

export const aborting: Behaviour<GuestMigration, MigrationReport> = {
  async change({ toHost }, act) {
    if (await hasArrived(act, toHost)) return;
    await endJob(act);
    await forgetForce(act);
  },
  async report(act) {
    const here = await act.host.look(act.instanceId, act.context);
    const report = await reportFrom(act.host, act);
    return { ...report, arrived: here === null && report.powerState !== 'NOSTATE' };
  },
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
