/** The image store. Each image has a journal of its own, which the workers of all hosts write: it belongs to none of them. */
import type { removeImages, uploadImage } from '../../../src/operations/units/index.ts';
import type { InputOf } from '../../../src/model/unit.ts';
import { UnitFault } from '../../unit-fault.ts';
import type { UnitContext } from '../driver.ts';
import { wholeDisk } from './disks.ts';
import type { Change } from './fencing.ts';
import { perform, type Hypervisor } from './perform.ts';
import { noImage, nothingThere, type Image, type ImageState } from './state.ts';

/** The image, whole. Raises IMAGE_NOT_FOUND also for one that is still being uploaded. */
export function wholeImage({ image }: ImageState, id: string): Image {
  if (image === null) throw new UnitFault('IMAGE_NOT_FOUND', `the image ${id} has been removed`);
  if (!image.whole) throw new UnitFault('IMAGE_NOT_FOUND', `the image ${id} is an unfinished upload`);
  return image;
}

/** Copies a disk into the store. As with a copy to another host, the journal that it writes is the destination's. */
export const uploading =
  (hypervisor: Hypervisor) =>
  async ({ image, name, disk }: InputOf<typeof uploadImage>, context: UnitContext): Promise<unknown> => {
    const { instanceId } = context.purpose;
    const execution = await perform(hypervisor, 'uploadImage', context, hypervisor.image(image));
    if ((await execution.begin()).done) return {};

    const source = async () => {
      const newest = await hypervisor.journal(instanceId).newest();
      return { ...wholeDisk(newest?.entry.state ?? nothingThere, disk), name, instanceId };
    };
    await execution.partly(async (state) => placeImage(state, { ...(await source()), whole: false }, 'upload begun'));
    await execution.conclude(async (state) => placeImage(state, await source(), 'image uploaded'));
    return {};
  };

/** An image never changes once it is whole. */
function placeImage(state: ImageState, image: Image, effect: string): Change<ImageState> {
  const isDone = state.image !== null && (state.image.whole || !image.whole);
  return isDone ? { effect: null, state } : { effect, state: { image } };
}

export const removing =
  (hypervisor: Hypervisor) =>
  async ({ images }: InputOf<typeof removeImages>, context: UnitContext): Promise<unknown> => {
    for (const id of images) {
      const execution = await perform(hypervisor, 'removeImages', context, hypervisor.image(id));
      if ((await execution.begin()).done) continue;
      await execution.conclude(({ image }) => ({ effect: image === null ? null : 'image removed', state: noImage }));
    }
    return {};
  };
