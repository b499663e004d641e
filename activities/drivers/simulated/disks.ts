import type { prepareDisk, removeDisk } from '../../../src/operations/units/index.ts';
import type { InputOf } from '../../../src/model/unit.ts';
import { UnitFault } from '../../unit-fault.ts';
import { unchanged, type Behaviour } from './behaviour.ts';
import type { Change } from './fencing.ts';
import type { Disk, InstanceState } from './state.ts';

/** The disk, whole. Raises DISK_NOT_FOUND also for one that is still being copied. */
export function wholeDisk({ disks }: InstanceState, name: string): Disk {
  const disk = disks[name];
  if (disk === undefined) throw new UnitFault('DISK_NOT_FOUND', `there is no disk ${name}`);
  if (!disk.whole) throw new UnitFault('DISK_NOT_FOUND', `the disk ${name} is an unfinished copy`);
  return disk;
}

/** Makes the disk what is wanted, unless it is. A whole disk of other contents is never overwritten. */
export function placeDisk(state: InstanceState, name: string, wanted: Disk, effect: string): Change {
  const present = state.disks[name];
  if (present?.whole) {
    if (present.image === wanted.image && present.sizeGb === wanted.sizeGb) return unchanged(state);
    throw new UnitFault(
      'HYPERVISOR_ERROR',
      `there is a disk ${name} of ${present.sizeGb} GB from ${present.image}, not ${wanted.sizeGb} GB from ${wanted.image}`,
    );
  }
  return { effect, state: { ...state, disks: { ...state.disks, [name]: wanted } } };
}

/** Room for what a live migration brings: there is something to remove, and nothing to use. */
export const diskPreparation: Behaviour<InputOf<typeof prepareDisk>, unknown> = {
  change: (state, { disk, image, sizeGb }) =>
    state.disks[disk] === undefined
      ? placeDisk(state, disk, { image, sizeGb, contents: '', whole: false }, 'disk prepared')
      : unchanged(state),
  report: () => ({}),
};

export const diskRemoval: Behaviour<InputOf<typeof removeDisk>, unknown> = {
  change(state, { disk }) {
    const { [disk]: removed, ...disks } = state.disks;
    return removed === undefined ? unchanged(state) : { effect: 'disk removed', state: { ...state, disks } };
  },
  report: () => ({}),
};
