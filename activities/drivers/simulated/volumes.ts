/** What units do to volumes. Where one is reserved or written the journal is the volume's, else the instance's. */
import type * as units from '../../../src/operations/units/index.ts';
import type { InputOf } from '../../../src/model/unit.ts';
import { effectKey, type UnitPurpose } from '../../../src/model/unit.ts';
import { UnitFault } from '../../unit-fault.ts';
import type { UnitContext } from '../driver.ts';
import { unchanged } from './behaviour.ts';
import type { Change, Decide } from './fencing.ts';
import { guestOf, sameList, unplugged } from './guests.ts';
import { perform, type Hypervisor } from './perform.ts';
import type { Volume, VolumeState } from './state.ts';

type Act<Unit> = (input: InputOf<Unit>, context: UnitContext) => Promise<unknown>;

const unaltered = (state: VolumeState): Change<VolumeState> => ({ effect: null, state });

/** The volume, as the store has it. Raises VOLUME_NOT_FOUND. */
function existing({ volume }: VolumeState, id: string): Volume {
  if (volume === null) throw new UnitFault('VOLUME_NOT_FOUND', `there is no volume ${id}`);
  return volume;
}

/** The volume, which must be the instance's. Raises VOLUME_NOT_FOUND and VOLUME_IN_USE. */
function ownVolume(state: VolumeState, id: string, instanceId: string): Volume {
  const volume = existing(state, id);
  if (volume.instanceId === instanceId) return volume;
  throw new UnitFault('VOLUME_IN_USE', `the volume ${id} is reserved for ${volume.instanceId ?? 'nobody'}`);
}

/** The volume, which must be the instance's and no unfinished copy. */
async function usableVolume(hypervisor: Hypervisor, id: string, instanceId: string): Promise<Volume> {
  const journal = hypervisor.volume(id);
  const volume = ownVolume((await journal.newest())?.entry.state ?? journal.initial, id, instanceId);
  if (!volume.whole) throw new UnitFault('VOLUME_NOT_FOUND', `the volume ${id} is an unfinished copy`);
  return volume;
}

export const reserving =
  (hypervisor: Hypervisor): Act<typeof units.reserveVolume> =>
  async ({ volume: id }, context) => {
    const { instanceId } = context.purpose;
    const execution = await perform(hypervisor, 'reserveVolume', context, hypervisor.volume(id));
    if ((await execution.begin()).done) return {};
    await execution.conclude((state) => {
      const volume = existing(state, id);
      if (volume.instanceId === null)
        return { effect: 'volume reserved', state: { volume: { ...volume, instanceId } } };
      return unaltered({ volume: ownVolume(state, id, instanceId) });
    });
    return {};
  };

export const releasing =
  (hypervisor: Hypervisor): Act<typeof units.releaseVolumes> =>
  async ({ volumes }, context) => {
    const { instanceId } = context.purpose;
    const free: Decide<VolumeState> = (state) =>
      state.volume?.instanceId === instanceId
        ? { effect: 'volume released', state: { volume: { ...state.volume, instanceId: null } } }
        : unaltered(state);
    for (const id of volumes) {
      const execution = await perform(hypervisor, 'releaseVolumes', context, hypervisor.volume(id));
      if (!(await execution.begin()).done) await execution.conclude(free);
    }
    return {};
  };

export const plugging =
  (hypervisor: Hypervisor): Act<typeof units.plugVolumes> =>
  async ({ volumes }, context) => {
    const { instanceId } = context.purpose;
    const execution = await perform(hypervisor, 'plugVolumes', context, hypervisor.journal(instanceId));
    if ((await execution.begin()).done) return {};
    await execution.conclude(async (state) => {
      const guest = guestOf(state);
      if (sameList(guest.volumes, volumes)) return unchanged(state);
      const ids = volumes.map(({ volume }) => volume);
      const removed = guest.volumes.filter(({ volume }) => !ids.includes(volume));
      unplugged(guest, removed, execution.circumstances);
      for (const id of ids) await usableVolume(hypervisor, id, instanceId);
      return { effect: 'volumes plugged', state: { ...state, guest: { ...guest, volumes: [...volumes] } } };
    });
    return {};
  };

export const copying =
  (hypervisor: Hypervisor): Act<typeof units.copyVolume> =>
  async ({ volume: id, toVolume }, context) => {
    const { instanceId } = context.purpose;
    const execution = await perform(hypervisor, 'copyVolume', context, hypervisor.volume(toVolume));
    if ((await execution.begin()).done) return {};
    const { key: copiedBy } = execution.circumstances;

    const copied = async (state: VolumeState, whole: boolean): Promise<VolumeState> => {
      const { sizeGb, contents } = await usableVolume(hypervisor, id, instanceId);
      const target = ownVolume(state, toVolume, instanceId);
      if (target.sizeGb >= sizeGb) return { volume: { ...target, contents, copiedBy, whole } };
      throw new UnitFault('VOLUME_TOO_SMALL', `${toVolume} has ${target.sizeGb} GB, ${id} has ${sizeGb} GB`);
    };
    await execution.partly(async (state) => {
      const begun = state.volume?.copiedBy === copiedBy;
      return begun ? unaltered(state) : { effect: 'volume copy begun', state: await copied(state, false) };
    });
    await execution.conclude(async (state) => ({ effect: 'volume copied', state: await copied(state, true) }));
    return {};
  };

/** The key of the copy that an undo takes back. */
const keyOfCopy = (purpose: UnitPurpose): string => effectKey({ ...purpose, direction: 'run' });

export const wiping =
  (hypervisor: Hypervisor): Act<typeof units.wipeVolume> =>
  async ({ volume: id }, context) => {
    const execution = await perform(hypervisor, 'wipeVolume', context, hypervisor.volume(id));
    if ((await execution.begin()).done) return {};
    await execution.conclude((state) => {
      if (state.volume?.copiedBy !== keyOfCopy(context.purpose)) return unaltered(state);
      const volume = { ...state.volume, contents: `empty ${id}`, copiedBy: null, whole: true };
      return { effect: 'volume wiped', state: { volume } };
    });
    return {};
  };
