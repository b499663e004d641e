/** Images, in a store that all hosts share. */
import { expect, test } from '@jest/globals';
import type { Driver, UnitContext } from '../../../activities/drivers/driver.ts';
import type { HostUnitName } from '../../../src/operations/units/index.ts';
import { deliver, TaskUnits } from '../deliveries.ts';
import { arrange, golden, type Case, type Idleness, type Refusal, type Scene } from './scene.ts';

const removeGolden = (driver: Driver, context: UnitContext) => driver.removeImages({ images: [golden.image] }, context);

export const cases = {
  uploadImage: {
    from: 'disk',
    act: (driver, context) => driver.uploadImage(golden, context),
    answer: {},
    reaches: { images: { [golden.image]: { contents: expect.any(String), sizeGb: 20 } } },
    overtakenBy: removeGolden,
  },
  removeImages: {
    from: 'imaged',
    act: removeGolden,
    answer: {},
    reaches: { images: {} },
    overtakenBy: removeGolden,
  },
} satisfies Partial<Record<HostUnitName, Case>>;

export const refusals: readonly Refusal[] = [['uploadImage', 'absent', 'DISK_NOT_FOUND']];

export const idle: readonly Idleness[] = [
  ['uploadImage', 'imaged', {}],
  ['removeImages', 'absent', {}],
];

/** What is to be said of them besides. */
export function tests(scene: () => Scene): void {
  test('a disk made from an image that was uploaded has its contents, on any host and for any instance', async () => {
    const { driver, fleet, units } = scene();
    await arrange('imaged', scene());
    const { root } = (await scene().look()).disks;
    const fromImage = { disk: 'other', image: golden.image, sizeGb: 40 };
    await driver.createDisk(fromImage, deliver(units.next()));
    expect((await scene().look()).disks.other).toEqual({ ...root, sizeGb: 40 });
    const stranger = new TaskUnits();
    await fleet.driver(fleet.there).createDisk(fromImage, deliver(stranger.next()));
    expect((await fleet.look(fleet.there, stranger.instanceId)).disks.other).toEqual({ ...root, sizeGb: 40 });
  });

  test('an image keeps its contents when the disk that it was made from is gone', async () => {
    const { driver, units } = scene();
    await arrange('imaged', scene());
    const before = (await scene().look()).images;
    await driver.removeDisk({ disk: 'root' }, deliver(units.next()));
    expect((await scene().look()).images).toEqual(before);
  });

  test('no disk is made from an image that has been removed', async () => {
    const { driver, units } = scene();
    await arrange('imaged', scene());
    await removeGolden(driver, deliver(units.next()));
    const attempt = driver.createDisk({ disk: 'other', image: golden.image, sizeGb: 20 }, deliver(units.next()));
    await expect(attempt).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
    expect(Object.keys((await scene().look()).disks)).toEqual(['root']);
  });
}
