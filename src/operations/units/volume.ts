/** Volumes live outside all hosts: each belongs to one instance at a time, and is connected to the host that this is on. */
import type { VolumeAttachment } from '../../model/attachments.ts';
import { unit } from '../../model/unit.ts';
import { guestFaults, hostFaults, volumeFaults } from './faults.ts';

/** Every host reaches the volumes: any of them will do, as for all units that do not touch the guest. */
export const reserveVolume = unit<{ readonly volume: string }, unknown>()('reserveVolume', {
  runsOn: 'host',
  ensures: "the volume is the instance's, and no other may have it",
  acquires: 'volume',
  faults: [...volumeFaults, 'VOLUME_IN_USE'],
});

export const releaseVolumes = unit<{ readonly volumes: readonly string[] }, unknown>()('releaseVolumes', {
  runsOn: 'host',
  ensures: "none of the volumes is the instance's",
  acquires: null,
  releases: 'volume',
  faults: hostFaults,
});

/** Whether the guest runs or not; one that runs may refuse to let go of a volume. */
export const plugVolumes = unit<{ readonly volumes: readonly VolumeAttachment[] }, unknown>()('plugVolumes', {
  runsOn: 'host',
  ensures: 'the guest has these volumes and no others, and only they are connected to the host',
  acquires: 'volume',
  faults: [...guestFaults, 'VOLUME_NOT_FOUND', 'VOLUME_IN_USE', 'GUEST_UNRESPONSIVE'],
});

/**
 * What a guest writes to the volume from then on goes to the other one, too, until that is plugged in its place; the other one
 * has its own size again at the latest when the volume is released.
 */
export const copyVolume = unit<{ readonly volume: string; readonly toVolume: string }, unknown>()('copyVolume', {
  runsOn: 'host',
  ensures: 'the other volume has the contents of the volume',
  acquires: null,
  faults: [...volumeFaults, 'VOLUME_IN_USE', 'VOLUME_TOO_SMALL'],
});

/** Undoes a copy: what was on the volume before it is not brought back. */
export const wipeVolume = unit<{ readonly volume: string }, unknown>()('wipeVolume', {
  runsOn: 'host',
  ensures: 'nothing of what the step has copied is left on the volume',
  acquires: null,
  faults: hostFaults,
});
