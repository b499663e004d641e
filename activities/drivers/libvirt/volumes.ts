/** Volumes: files that all hosts reach. Whose one is says a file beside it, which only one instance can have made. */
import { readFile } from 'node:fs/promises';
import type { InputOf } from '../../../src/model/unit.ts';
import { effectKey } from '../../../src/model/unit.ts';
import type * as units from '../../../src/operations/units/index.ts';
import { UnitFault } from '../../unit-fault.ts';
import { output } from './commands.ts';
import { plugDevices } from './devices.ts';
import { copy, exists, place, sizeOf } from './disks.ts';
import { deviceAlias, toVolumeDevice } from './domain.ts';
import { faultIn } from './faults.ts';
import { guestOf } from './guests.ts';
import { reservationFile, volumeFile } from './layout.ts';
import type { LibvirtHost } from './libvirt-host.ts';
import type { Act, Behaviour } from './unit.ts';

/** Raises VOLUME_NOT_FOUND. */
async function expectVolume({ options }: LibvirtHost, volume: string): Promise<string> {
  const file = volumeFile(options.volumes, volume);
  if (await exists(file)) return file;
  throw new UnitFault('VOLUME_NOT_FOUND', `the volume store has no ${file}`);
}

/** In it is noted to which volume a step of the instance has copied something last. */
const copiedFile = ({ host, instanceId }: Act): string => host.file(instanceId, 'copied');
const copyNote = ({ context }: Act, volume: string): string =>
  `${effectKey({ ...context.purpose, direction: 'run' })} ${volume}`;

const holderOf = ({ options }: LibvirtHost, volume: string): Promise<string | null> =>
  readFile(reservationFile(options.volumes, volume), 'utf8').catch(() => null);

/** Raises VOLUME_IN_USE unless the instance has it. */
async function expectOwn({ host, instanceId }: Act, volume: string): Promise<void> {
  const holder = await holderOf(host, volume);
  if (holder === instanceId) return;
  throw new UnitFault('VOLUME_IN_USE', `the volume ${volume} is ${holder ?? 'nobody'}'s`);
}

export const reserving: Behaviour<InputOf<typeof units.reserveVolume>, unknown> = {
  async change({ volume }, act) {
    const { host, instanceId, delivery } = act;
    await expectVolume(host, volume);
    if ((await holderOf(host, volume)) === instanceId) return;
    await delivery.withDraft(instanceId, async (draft) => {
      // Only one link of that name can be made.
      const command = ['ln', '-T', draft, reservationFile(host.options.volumes, volume)] as const;
      const { exitCode, stderr } = await delivery.attempt(command);
      if (exitCode === 0) return delivery.note('volume reserved');
      if (!stderr.includes('File exists')) throw faultIn('ln', stderr);
      return expectOwn(act, volume);
    });
  },
  report: async () => ({}),
};

export const releasing: Behaviour<InputOf<typeof units.releaseVolumes>, unknown> = {
  async change({ volumes }, { host, instanceId, delivery }) {
    for (const volume of volumes) {
      if ((await holderOf(host, volume)) !== instanceId) continue;
      await delivery.effect('volume released', ['rm', '-f', reservationFile(host.options.volumes, volume)]);
    }
  },
  report: async () => ({}),
};

export const plugging: Behaviour<InputOf<typeof units.plugVolumes>, unknown> = {
  async change({ volumes }, act) {
    await guestOf(act);
    for (const { volume } of volumes) {
      await expectVolume(act.host, volume);
      await expectOwn(act, volume);
    }
    const wanted = new Map(
      volumes.map((each) => [deviceAlias(each.volume), toVolumeDevice(act.host.options, each)] as const),
    );
    await plugDevices(act, 'disk', wanted, () => true, 'volumes plugged');
  },
  report: async () => ({}),
};

export const copying: Behaviour<InputOf<typeof units.copyVolume>, unknown> = {
  async change({ volume, toVolume }, act) {
    const [source, target] = [await expectVolume(act.host, volume), await expectVolume(act.host, toVolume)];
    await expectOwn(act, volume);
    await expectOwn(act, toVolume);
    const [size, room] = [await sizeOf(source, act.context), await sizeOf(target, act.context)];
    if (room < size) throw new UnitFault('VOLUME_TOO_SMALL', `${toVolume} has ${room} bytes, ${volume} has ${size}`);
    // What is copied may have to be taken away again.
    await act.delivery.put(null, copiedFile(act), copyNote(act, toVolume));
    await place(act.delivery, target, 'volume copied', (draft) => copy(source, draft, room, act));
  },
  report: async () => ({}),
};

export const wiping: Behaviour<InputOf<typeof units.wipeVolume>, unknown> = {
  async change({ volume }, act) {
    const file = volumeFile(act.host.options.volumes, volume);
    const size = await sizeOf(file, act.context).catch(() => null);
    const copied = await readFile(copiedFile(act), 'utf8').catch(() => null);
    if (size === null || copied !== copyNote(act, volume)) return;
    await place(act.delivery, file, 'volume wiped', async (draft) => {
      await output(['qemu-img', 'create', '-q', '-f', 'qcow2', draft, String(size)], act.context);
    });
    await act.delivery.effect(null, ['rm', '-f', copiedFile(act)]);
  },
  report: async () => ({}),
};
