/**
 * A volume that is copied to another one while the guest goes on writing to it: libvirt's copy job. Once it is ready, all
 * that the guest writes goes to both, until the guest changes over or the job is ended. libvirt keeps it, whoever began it.
 */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UnitFault } from '../../unit-fault.ts';
import { output } from './commands.ts';
import { sizeOf } from './disks.ts';
import type { NamedDisk } from './domain.ts';
import { faultIn } from './faults.ts';
import { isOn } from './guests.ts';
import { domainName, draftFile } from './layout.ts';
import { isTooMuch } from './live-backup.ts';
import { mirrored, scripted } from './scripts.ts';
import type { Act } from './unit.ts';

const glanceMs = 300;

/** The volumes that the guest has as it runs; none of one that is off, or is not there. */
export async function liveVolumes({ host, instanceId, context }: Act): Promise<readonly NamedDisk[]> {
  const guest = await host.look(instanceId, context);
  if (guest === null || !isOn(guest)) return [];
  return (await host.definition(instanceId, 'live', context)).namedDisks;
}

/** Has the guest write to the file as well as to that disk, which has been copied to it. Another copy of the disk is given up. */
export async function mirror(act: Act, disk: NamedDisk, file: string): Promise<void> {
  if (disk.mirror !== null && disk.mirror.file !== file) await endMirror(act, disk);
  if (disk.mirror?.file !== file) await begin(act, disk, file);
  for (;;) {
    const copy = (await diskAt(act, disk))?.mirror;
    if (copy?.file !== file) throw await lost(act, disk, file);
    if (copy.ready) return;
    act.context.progress(await shareOf(act, disk));
    await delay(glanceMs, undefined, { signal: act.context.signal });
  }
}

/** The file is made anew, as large as the disk: QEMU copies to no other, and nothing that was on it shines through. */
async function begin(act: Act, { device, file: source }: NamedDisk, file: string): Promise<void> {
  const { host, instanceId, delivery, context } = act;
  const draft = draftFile(dirname(file), instanceId, '.qcow2');
  try {
    const size = await sizeOf(source, context);
    await output(['qemu-img', 'create', '-q', '-f', 'qcow2', draft, String(size)], context);
    const words = [draft, file, domainName(instanceId), device, ...host.virsh()];
    await delivery.effect(null, scripted(mirrored, ...words), { called: host.options.virsh });
  } finally {
    await rm(draft, { force: true });
  }
}

/** Has the guest go on with the file that the disk is mirrored to, and that alone. */
export async function changeOver(act: Act, disk: NamedDisk, file: string): Promise<void> {
  const { host, instanceId, delivery } = act;
  const pivot = host.virsh('blockjob', domainName(instanceId), disk.device, '--pivot');
  const { exitCode, stdout, stderr } = await delivery.attempt(pivot);
  const now = await diskAt(act, disk);
  if (now?.file !== file || now.mirror !== null) {
    throw exitCode === 0
      ? new UnitFault('HYPERVISOR_ERROR', `the guest has not changed over to ${file}`)
      : faultIn(host.options.virsh, stderr || stdout);
  }
}

/** Has the guest go on with the disk alone. */
export async function endMirror(act: Act, disk: NamedDisk): Promise<void> {
  const { host, instanceId, delivery, context } = act;
  while (((await diskAt(act, disk))?.mirror ?? null) !== null) {
    await delivery.attempt(host.virsh('blockjob', domainName(instanceId), disk.device, '--abort'));
    context.progress(0);
    await delay(glanceMs, undefined, { signal: context.signal });
  }
}

const diskAt = async (act: Act, { device }: NamedDisk): Promise<NamedDisk | undefined> =>
  (await liveVolumes(act)).find((disk) => disk.device === device);

async function shareOf({ host, instanceId, context }: Act, { device }: NamedDisk): Promise<number> {
  const words = ['blockjob', domainName(instanceId), device, '--info', '--raw'];
  const { stdout } = await host.glance(words, context);
  const bytes = (name: string) => Number(new RegExp(`^\\s*${name}=(\\d+)`, 'm').exec(stdout)?.[1] ?? 0);
  return bytes('end') > 0 ? Math.min(1, bytes('cur') / bytes('end')) : 0;
}

/** libvirt does not say why. */
async function lost({ context }: Act, { device, file: source }: NamedDisk, file: string): Promise<UnitFault> {
  const isFull = await isTooMuch(source, file, context);
  return isFull
    ? new UnitFault('HOST_OUT_OF_SPACE', `${dirname(file)} has too little space left for a copy of ${source}`)
    : new UnitFault('HYPERVISOR_ERROR', `the copy of ${device} to ${file} has ended before all was copied`);
}
