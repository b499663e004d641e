import { expect, test } from '@jest/globals';
import { deliver, disk, TaskUnits } from './deliveries.ts';
import { driverConformance } from './driver-conformance.ts';
import { simulatedFleet } from './simulated-fleet.ts';

driverConformance('simulated', simulatedFleet);

test('two simulated disks made from one image differ in their contents, so that a copy can be told', async () => {
  const fleet = await simulatedFleet();
  const [driver, units] = [fleet.driver(fleet.here), new TaskUnits()];
  await driver.createDisk(disk, deliver(units.next()));
  await driver.createDisk({ ...disk, disk: 'other' }, deliver(units.next()));
  const { root, other } = (await fleet.look(fleet.here, units.instanceId)).disks;
  expect(other?.contents).not.toBe(root?.contents);
  await fleet.dispose();
});
