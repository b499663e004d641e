/** Volumes: an instance makes them its own, has them plugged, and leaves them. */
import { randomUUID } from 'node:crypto';
import type { VolumeAttachment } from '../../../src/model/attachments.ts';
import type { InputOf } from '../../../src/model/unit.ts';
import type * as units from '../../../src/operations/units/index.ts';
import { plugDevices, type Devices, type View } from './devices.ts';
import { deviceAlias, toVolumeDevice } from './domain.ts';
import { faultIn } from './faults.ts';
import { guestOf } from './guests.ts';
import { reservationFile, volumeFile } from './layout.ts';
import type { Act, Behaviour } from './unit.ts';
import { expectOwn, expectVolume, holderOf } from './volume-store.ts';
import { changeOverBetween, giveRoomBack } from './volume-swaps.ts';

export const reserving: Behaviour<InputOf<typeof units.reserveVolume>, unknown> = {
  async change({ volume }, act) {
    const { host, instanceId, delivery } = act;
    await expectVolume(host, volume);
    if ((await holderOf(host.options.volumes, volume)) === instanceId) return;
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
  async change({ volumes }, act) {
    const { host, instanceId, delivery } = act;
    await giveRoomBack(act, volumes);
    for (const volume of volumes) {
      if ((await holderOf(host.options.volumes, volume)) !== instanceId) continue;
      await delivery.effect('volume released', ['rm', '-f', reservationFile(host.options.volumes, volume)]);
    }
  },
  report: async () => ({}),
};

/** What a volume is to a definition: its file, and where it is kept the name that is ours. As it runs it may have another's. */
const idOf = (alias: string, file: string, view: View): string => (view === 'live' ? file : `${alias} ${file}`);

const volumeDevices = ({ host: { options } }: Act, volumes: readonly VolumeAttachment[]): Devices => ({
  kind: 'disk',
  present: ({ namedDisks }, view) => new Map(namedDisks.map(({ alias, file }) => [idOf(alias, file, view), alias])),
  wanted: ({ namedDisks }, view) =>
    new Map(
      volumes.map((each) => {
        const [own, file] = [deviceAlias(each.volume), volumeFile(options.volumes, each.volume)];
        const isTaken = view === 'live' && namedDisks.some((disk) => disk.alias === own && disk.file !== file);
        return [idOf(own, file, view), toVolumeDevice(options, each, isTaken ? deviceAlias(randomUUID()) : own)];
      }),
    ),
});

export const plugging: Behaviour<InputOf<typeof units.plugVolumes>, unknown> = {
  async change({ volumes }, act) {
    await guestOf(act);
    for (const { volume } of volumes) {
      await expectVolume(act.host, volume);
      await expectOwn(act, volume);
    }
    await changeOverBetween(act, volumes);
    await plugDevices(act, volumeDevices(act, volumes), 'volumes plugged');
  },
  report: async () => ({}),
};
