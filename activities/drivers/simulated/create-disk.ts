import { validate } from 'uuid';
import type { createDisk } from '../../../src/operations/units/index.ts';
import type { InputOf } from '../../../src/model/unit.ts';
import type { Opened, UnitContext } from '../driver.ts';
import { placeDisk } from './disks.ts';
import { passwordDigest } from './guest-agent.ts';
import { wholeImage } from './images.ts';
import { perform, type Hypervisor } from './perform.ts';

/**
 * From an image to a disk. One that was uploaded has its contents. Any other name stands for an image that the hosts know
 * by themselves: then the contents are unlike those of any other disk, so that a copy can be told.
 */
export const creating =
  (hypervisor: Hypervisor) =>
  async (
    { disk, image, sizeGb, adminPassword }: Opened<InputOf<typeof createDisk>>,
    context: UnitContext,
  ): Promise<unknown> => {
    const journal = hypervisor.journal(context.purpose.instanceId);
    const execution = await perform(hypervisor, 'createDisk', context, journal);
    if ((await execution.begin()).done) return {};
    const { key } = execution.circumstances;
    await execution.conclude(async (state) => {
      const contents = (await uploadedContents(hypervisor, image)) ?? `${image} as of ${key}`;
      const password = adminPassword === undefined ? {} : { passwordDigest: passwordDigest(adminPassword) };
      return placeDisk(state, disk, { image, sizeGb, contents, whole: true, ...password }, 'disk created');
    });
    return {};
  };

/** Null for an image that was never uploaded. Raises IMAGE_NOT_FOUND for one that is gone or unfinished. */
async function uploadedContents(hypervisor: Hypervisor, image: string): Promise<string | null> {
  if (!validate(image)) return null;
  const newest = await hypervisor.image(image).newest();
  return newest === null ? null : wholeImage(newest.entry.state, image).contents;
}
