/** The image store: files of qcow2 that all hosts reach, whole once they have their names, and never changed then. */
import type { InputOf } from '../../../src/model/unit.ts';
import type { removeImages, uploadImage } from '../../../src/operations/units/index.ts';
import { output } from './commands.ts';
import { copy, exists, expectDisk, place, sizeOf } from './disks.ts';
import { isOn } from './guests.ts';
import { endJob, ownJob } from './own-jobs.ts';
import { imageFile } from './layout.ts';
import { backUp } from './live-backup.ts';
import type { Act, Behaviour } from './unit.ts';

export const uploading: Behaviour<InputOf<typeof uploadImage>, unknown> = {
  async change({ image, disk }, act) {
    const { host, instanceId, delivery, context } = act;
    const file = imageFile(host.options.images, image);
    if (await exists(file)) return;
    const source = await expectDisk(host, instanceId, disk);
    await place(delivery, file, 'image uploaded', async (draft) => {
      if (await writesTo(act)) await backUp(act, source, draft);
      else await copy(source, draft, await sizeOf(source, context), act);
      // Whoever makes disks from it must not be able to change it.
      await output(['chmod', '444', draft], context);
    });
  },
  report: async () => ({}),
};

/** Whether somebody may be writing to the disk: one that is paused writes nothing. */
async function writesTo({ host, instanceId, context }: Act): Promise<boolean> {
  const guest = await host.look(instanceId, context);
  return guest !== null && isOn(guest) && guest.powerState !== 'PAUSED';
}

export const removing: Behaviour<InputOf<typeof removeImages>, unknown> = {
  async change({ images }, act) {
    const { host, delivery } = act;
    // That of an upload that nobody is left to wait for.
    if ((await ownJob(act))?.operation === 'Backup') await endJob(act);
    for (const image of images) {
      const file = imageFile(host.options.images, image);
      if (await exists(file)) await delivery.effect('image removed', ['rm', '-f', file]);
    }
  },
  report: async () => ({}),
};
