/** What is noted of instances that have gone is kept while something late may come for them, and tidied away after that. */
import { readdir, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Driver } from '../../activities/drivers/driver.ts';
import { createDriver } from '../../activities/drivers/index.ts';
import { deliver, disk, machine, TaskUnits } from '../drivers/deliveries.ts';
import { startDaemons, type Daemons } from '../drivers/libvirt/daemons.ts';
import { makePlaces, type Places } from '../drivers/libvirt/places.ts';

let daemons: Daemons;
let places: Places;
let driver: Driver;
beforeAll(async () => {
  daemons = await startDaemons();
}, 300_000);
afterAll(() => daemons.stop());
beforeEach(async () => {
  places = await makePlaces(daemons);
  driver = createDriver('libvirt', 'a', places.options('a'));
});
afterEach(() => places.dispose());

const tidy = async () => driver.tidy?.();
const folderOf = ({ instanceId }: TaskUnits) => places.folder('a', instanceId);
const known = async (units: TaskUnits) => (await readdir(dirname(folderOf(units)))).includes(units.instanceId);

/** An instance that has come and gone. */
async function gone(): Promise<TaskUnits> {
  const units = new TaskUnits();
  await driver.createDisk(disk, deliver(units.next()));
  await driver.defineGuest(machine, deliver(units.next()));
  await driver.destroyGuest({}, deliver(units.next()));
  await driver.removeDisk({ disk: 'root' }, deliver(units.next()));
  return units;
}

/** So long ago the files of the instance were touched last. */
async function age(units: TaskUnits, days: number): Promise<void> {
  const then = new Date(Date.now() - days * 86_400_000);
  for (const name of await readdir(folderOf(units))) await utimes(join(folderOf(units), name), then, then);
  await utimes(folderOf(units), then, then);
}

test('the folder of an instance that went a week ago is removed, and that of one that went yesterday fences on', async () => {
  const [old, recent] = [await gone(), await gone()];
  const late = recent.next();
  await driver.inspectGuest({}, deliver(recent.next()));
  await age(old, 8);
  await age(recent, 1);
  await tidy();
  expect(await known(old)).toBe(false);
  await expect(driver.createDisk(disk, deliver(late))).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
  // The id may come again, as any other.
  await driver.createDisk(disk, deliver(old.next()));
  expect(await driver.listDisks(old.instanceId)).toEqual(['root']);
});

test('an instance that has a guest, a disk or a port keeps all, however old', async () => {
  const [guest, withDisk, port] = [new TaskUnits(), new TaskUnits(), new TaskUnits()];
  for (const each of [guest, withDisk]) await driver.createDisk(disk, deliver(each.next()));
  await driver.defineGuest(machine, deliver(guest.next()));
  await driver.plugNetwork({}, deliver(port.next()));
  for (const each of [guest, withDisk, port]) {
    const before = await readdir(folderOf(each));
    await age(each, 30);
    await tidy();
    expect(await readdir(folderOf(each))).toEqual(before);
  }
});

test('a unit that comes while folders are tidied away is done', async () => {
  const all = await Promise.all(Array.from({ length: 6 }, gone));
  for (const units of all) await age(units, 8);
  const creations = all.map((units) => driver.createDisk(disk, deliver(units.next())));
  await Promise.all([tidy(), tidy(), ...creations]);
  for (const { instanceId } of all) expect(await driver.listDisks(instanceId)).toEqual(['root']);
});
