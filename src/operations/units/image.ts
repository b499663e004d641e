import { unit } from '../../model/unit.ts';
import { diskFaults, hostFaults } from './faults.ts';

export const uploadImage = unit<
  {
    /** Id of the image to make. */
    readonly image: string;
    /** What people call it; need not be unique. */
    readonly name: string;
    readonly disk: string;
  },
  unknown
>()('uploadImage', {
  runsOn: 'host',
  ensures: 'the image store has a whole image of the disk as it was at one moment',
  acquires: 'image',
  faults: diskFaults,
});

/** Every host reaches the image store: any of them will do. */
export const removeImages = unit<{ readonly images: readonly string[] }, unknown>()('removeImages', {
  runsOn: 'host',
  ensures: 'the image store has none of the images',
  acquires: null,
  releases: 'image',
  faults: hostFaults,
});
