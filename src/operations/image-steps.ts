/** Steps that make images of the instance's disk and take them away. */
import type { TaskState } from '../model/states.ts';
import type { Place } from './power-steps.ts';
import { removeImages, uploadImage } from './units/index.ts';
import { hostOf, residenceOf, type OfInstance, type OfTask } from './where.ts';

interface Shown {
  readonly taskState: TaskState | null;
  readonly event: string;
}

/** Id of the image that a task makes. */
export const newImage = ({ taskId }: OfTask): string => taskId;

/** Makes an image of the disk. */
export const upload = <Context extends OfTask & OfInstance>(shown: Shown, name: (context: Context) => string) =>
  ({
    ...shown,
    deadline: '2h',
    unit: uploadImage,
    on: hostOf,
    with: (context: Context) => ({
      image: newImage(context),
      name: name(context),
      disk: residenceOf(context.instance).disk,
    }),
    undo: { unit: removeImages, on: hostOf, with: (context: Context) => ({ images: [newImage(context)] }) },
  }) as const;

/** Removes images for good: a host that cannot do it owes it. */
export const removeForGood = <Where, Which>(
  shown: Shown,
  on: Place<Where>,
  images: (context: Which) => readonly string[],
) =>
  ({
    ...shown,
    deadline: '10m',
    unit: removeImages,
    on,
    with: (context: Which) => ({ images: images(context) }),
    pointOfNoReturn: true,
    owedWhen: 'failed',
  }) as const;
