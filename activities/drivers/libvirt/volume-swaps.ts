/** One volume is copied to another, which takes its place. A guest that runs writes to both until then, and notices nothing. */
import type { VolumeAttachment } from '../../../src/model/attachments.ts';
import type { InputOf } from '../../../src/model/unit.ts';
import type * as units from '../../../src/operations/units/index.ts';
import { UnitFault } from '../../unit-fault.ts';
import { output } from './commands.ts';
import { forgetCopy, isOwnCopy, keyOfCopy, noteCopy, readCopy, type NotedCopy } from './copy-notes.ts';
import { copy, place, sizeOf } from './disks.ts';
import { domainName, volumeFile } from './layout.ts';
import { changeOver, endMirror, liveVolumes, mirror } from './mirrors.ts';
import type { Act, Behaviour } from './unit.ts';
import { expectOwn, expectVolume } from './volume-store.ts';

export const copying: Behaviour<InputOf<typeof units.copyVolume>, unknown> = {
  async change({ volume, toVolume }, act) {
    const [source, target] = [await expectVolume(act.host, volume), await expectVolume(act.host, toVolume)];
    await expectOwn(act, volume);
    await expectOwn(act, toVolume);
    const size = await sizeOf(source, act.context);
    const room = (await roomNoted(act, toVolume)) ?? (await sizeOf(target, act.context));
    if (room < size) throw new UnitFault('VOLUME_TOO_SMALL', `${toVolume} has ${room} bytes, ${volume} has ${size}`);
    const disk = (await liveVolumes(act)).find(({ file }) => file === source);
    await noteCopy(act, { key: keyOfCopy(act), toVolume, volume, room, mirrored: disk !== undefined });
    if (disk === undefined)
      return place(act.delivery, target, 'volume copied', (draft) => copy(source, draft, room, act));
    await mirror(act, disk, target);
    await act.delivery.note('volume copied');
  },
  report: async () => ({}),
};

/** What the volume held before an earlier delivery of the unit made it smaller. */
async function roomNoted(act: Act, toVolume: string): Promise<number | null> {
  const earlier = await readCopy(act);
  return earlier?.key === keyOfCopy(act) && earlier.toVolume === toVolume && earlier.room > 0 ? earlier.room : null;
}

export const wiping: Behaviour<InputOf<typeof units.wipeVolume>, unknown> = {
  async change({ volume }, act) {
    const copied = await readCopy(act);
    if (copied?.key !== keyOfCopy(act) || copied.toVolume !== volume) return;
    const file = volumeFile(act.host.options.volumes, volume);
    const size = copied.room || (await sizeOf(file, act.context).catch(() => null));
    if (size === null) return;
    for (const disk of await liveVolumes(act)) {
      if (disk.file === file) throw new UnitFault('HYPERVISOR_ERROR', `the guest has the volume ${volume}`);
      if (disk.mirror?.file === file) await endMirror(act, disk);
    }
    await place(act.delivery, file, 'volume wiped', async (draft) => {
      await output(['qemu-img', 'create', '-q', '-f', 'qcow2', draft, String(size)], act.context);
    });
    await forgetCopy(act);
  },
  report: async () => ({}),
};

/**
 * Where the guest is to have one volume of a swap in place of the other, it changes over to that, whichever way: the way back
 * is a copy, too, for it may have written since.
 */
export async function changeOverBetween(act: Act, wanted: readonly VolumeAttachment[]): Promise<void> {
  const copied = await readCopy(act);
  if (copied === null || !copied.mirrored || !isOwnCopy(act, copied)) return;
  const has = (name: string) => wanted.some(({ volume }) => volume === name);
  const { volume, toVolume } = copied;
  if (has(toVolume) && !has(volume)) await goFromTo(act, volume, toVolume);
  if (has(volume) && !has(toVolume)) await goFromTo(act, toVolume, volume);
}

async function goFromTo(act: Act, from: string, to: string): Promise<void> {
  const { host, instanceId, context } = act;
  const [source, target] = [volumeFile(host.options.volumes, from), volumeFile(host.options.volumes, to)];
  const live = await liveVolumes(act);
  const disk = live.find(({ file }) => file === source);
  if (disk !== undefined) {
    await mirror(act, disk, target);
    return changeOver(act, disk, target);
  }
  if (live.length > 0) return;
  const { namedDisks } = await host.definition(instanceId, 'kept', context);
  if (!namedDisks.some(({ file }) => file === source)) return;
  // It has stopped by itself, and the mirror with it.
  await place(act.delivery, target, null, async (draft) => copy(source, draft, await sizeOf(source, context), act));
}

/** Once the volume that was copied is given up there is no way back: the copy gets what it held before. */
export async function giveRoomBack(act: Act, released: readonly string[]): Promise<void> {
  const copied = await readCopy(act);
  if (copied === null || !copied.mirrored || !isOwnCopy(act, copied) || !released.includes(copied.volume)) return;
  const file = volumeFile(act.host.options.volumes, copied.toVolume);
  if ((await sizeOf(file, act.context)) < copied.room) await enlarge(act, file, copied);
}

async function enlarge(act: Act, file: string, { room }: NotedCopy): Promise<void> {
  const { host, instanceId, delivery } = act;
  const disk = (await liveVolumes(act)).find((each) => each.file === file);
  await delivery.effect(
    null,
    disk === undefined
      ? ['qemu-img', 'resize', '-q', '-f', 'qcow2', file, String(room)]
      : host.virsh('blockresize', domainName(instanceId), disk.device, `${room}B`),
  );
}
