/** What delete and forceDelete have in common: they end the instance and leave nothing of it on any host. */
import { operation, type Operation, type OperationHeader } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { home, leftElsewhere, leftover, releaseAllVolumes, removalFrom, removeShelvedImage } from './removal-steps.ts';

const here = removalFrom(home);
const there = removalFrom(leftover);

/** Declares an operation that ends the instance for good. */
export const removal = <const Name extends string>(header: OperationHeader<Name, NoInput>): Operation<Name, NoInput> =>
  operation<NoInput>()({ ...header, waitsForNobody: true })
    .stepIf('destroy', {
      ...here.destroy,
      pointOfNoReturn: true,
      irreversible: 'the guest and its memory are gone',
      changes: () => ({ powerState: 'NOSTATE' }),
    })
    .stepIf('unplug', here.unplug)
    .stepIf('removeDisk', { ...here.removeDisk, irreversible: 'the disk and what is on it are gone' })
    .stepIf('removeRescueDisk', here.removeRescueDisk)
    .stepIf('releaseVolumes', releaseAllVolumes)
    .stepIf('release', here.release)
    .stepIf('removeShelvedImage', removeShelvedImage)
    .stepIf('destroyOld', { ...there.destroy, when: leftElsewhere })
    .stepIf('unplugOld', { ...there.unplug, when: leftElsewhere })
    .stepIf('removeOldDisk', there.removeDisk)
    .stepIf('releaseOld', there.release)
    .commits(['deleted'], () => ({
      vmState: 'deleted',
      powerState: 'NOSTATE',
      residence: null,
      pendingResize: null,
      shelved: null,
      volumes: [],
      interfaces: [],
    }));
