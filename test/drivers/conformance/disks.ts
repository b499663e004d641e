/** Disks. */
import { expect, test } from '@jest/globals';
import type { HostUnitName } from '../../../src/operations/units/index.ts';
import { deliver, disk } from '../deliveries.ts';
import { arrange, type Case, type Idleness, type Refusal, type Scene } from './scene.ts';

const grown = { disk: 'root', toDisk: 'copy', sizeGb: 40 };

export const cases = {
  createDisk: {
    from: 'absent',
    act: (driver, context) => driver.createDisk(disk, context),
    answer: {},
    reaches: { disks: { root: { contents: expect.any(String), sizeGb: 20 } } },
  },
  copyDisk: {
    from: 'off',
    act: (driver, context, { there }) => driver.copyDisk({ ...grown, toHost: there }, context),
    answer: {},
    at: 'there',
    reaches: { disks: { copy: { contents: expect.any(String), sizeGb: 40 } } },
  },
  removeDisk: {
    from: 'disk',
    act: (driver, context) => driver.removeDisk({ disk: 'root' }, context),
    answer: {},
    reaches: { disks: {} },
  },
} satisfies Partial<Record<HostUnitName, Case>>;

export const refusals: readonly Refusal[] = [['copyDisk', 'absent', 'DISK_NOT_FOUND']];

export const idle: readonly Idleness[] = [
  ['removeDisk', 'absent', {}],
  ['createDisk', 'disk', {}],
];

/** What is to be said of them besides. */
export function tests(scene: () => Scene): void {
  test('a copied disk has the contents of its source, which stays', async () => {
    const { driver, fleet, units } = scene();
    await arrange('off', scene());
    await driver.copyDisk({ ...grown, toHost: fleet.there }, deliver(units.next()));
    const source = (await scene().look()).disks.root;
    expect((await scene().look('there')).disks.copy).toEqual({ ...source, sizeGb: 40 });
  });

  test('a disk can be copied to another name on its own host', async () => {
    const { driver, fleet, units } = scene();
    await arrange('off', scene());
    await driver.copyDisk({ ...grown, toHost: fleet.here }, deliver(units.next()));
    expect(Object.keys((await scene().look()).disks).sort()).toEqual(['copy', 'root']);
  });

  test('a disk of that name that is another one is never overwritten', async () => {
    const { driver, units } = scene();
    await arrange('disk', scene());
    const before = await scene().look();
    const attempt = driver.createDisk({ ...disk, image: 'fedora-43' }, deliver(units.next()));
    await expect(attempt).rejects.toMatchObject({ code: 'HYPERVISOR_ERROR' });
    expect(await scene().look()).toEqual(before);
  });
}
