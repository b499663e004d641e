import type { SealedSecret } from '../../model/secret.ts';
import { unit } from '../../model/unit.ts';
import { diskFaults, hostFaults, imageFaults } from './faults.ts';

/** `image` is the id of one that was made here, or the name of one that hosts know by themselves. */
export const createDisk = unit<
  {
    readonly disk: string;
    readonly image: string;
    readonly sizeGb: number;
    /** Of the administrator; that of the image where absent. */
    readonly adminPassword?: SealedSecret;
  },
  unknown
>()('createDisk', {
  runsOn: 'host',
  ensures: 'the disk exists, made from the image, and its administrator has the password that was given',
  acquires: 'disk',
  faults: [...imageFaults, 'SECRET_KEY_UNKNOWN'],
});

export const copyDisk = unit<
  {
    readonly disk: string;
    readonly toHost: string;
    readonly toDisk: string;
    readonly sizeGb: number;
  },
  unknown
>()('copyDisk', {
  runsOn: 'host',
  ensures: 'the destination has a whole copy of the disk, of the new size',
  acquires: 'disk',
  faults: diskFaults,
});

export const removeDisk = unit<{ readonly disk: string }, unknown>()('removeDisk', {
  runsOn: 'host',
  ensures: 'the disk does not exist',
  acquires: null,
  releases: 'disk',
  faults: hostFaults,
});
