/** A guest that writes while its volume is swapped loses nothing, whichever way the swap ends. Unit by unit, on a real guest. */
import { setTimeout as delay } from 'node:timers/promises';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Driver } from '../../activities/drivers/driver.ts';
import { createDriver } from '../../activities/drivers/index.ts';
import { deliver, TaskUnits } from '../drivers/deliveries.ts';
import { startDaemons, type Daemons } from '../drivers/libvirt/daemons.ts';
import { makePlaces, type Places } from '../drivers/libvirt/places.ts';
import { eventually } from '../support/eventually.ts';
import { Guest } from './guest.ts';
import { small } from './stage.ts';

const data = { volume: 'data.1', device: '/dev/vdb' };
const spare = { volume: 'spare', device: '/dev/vdb' };
const swap = { volume: data.volume, toVolume: spare.volume };

let daemons: Daemons;
let places: Places;
let driver: Driver;
let guest: Guest;
let units: TaskUnits;
beforeAll(async () => {
  daemons = await startDaemons();
}, 300_000);
afterAll(() => daemons.stop());

beforeEach(async () => {
  places = await makePlaces(daemons);
  driver = createDriver('libvirt', 'a', places.options('a'));
  units = new TaskUnits();
  guest = new Guest(places, units.instanceId, async () => 'a');
  await places.makeVolume(data.volume, 1);
  await places.makeVolume(spare.volume, 2);
  const next = () => deliver(units.next());
  await driver.createDisk({ disk: 'root', image: 'debian-13', sizeGb: 1 }, next());
  for (const { volume } of [data, spare]) await driver.reserveVolume({ volume }, next());
  await driver.defineGuest({ name: 'demo', flavor: small, disk: 'root', volumes: [data] }, next());
  await driver.startGuest({}, next());
  await guest.untilUp(1);
});
afterEach(() => places.dispose());

const domain = () => `instance-${units.instanceId}`;
const virsh = async (...words: string[]) => (await places.virsh('a', ...words)).stdout;
/** Files of the guest's volume, as it runs and as it is defined. */
const files = async () => {
  const of = async (...words: string[]) =>
    /vdb\s+.*\/(\S+)\.qcow2/.exec(await virsh('domblklist', domain(), ...words))?.[1];
  return [await of(), await of('--inactive')];
};
const job = () => virsh('blockjob', domain(), 'vdb', '--info', '--raw');
/** How often the driver has begun a copy job. */
const begun = async () => (await readFile(places.calls, 'utf8')).match(/ blockcopy /g)?.length ?? 0;
const copies = () => units.next('copy', 'run', 'swapVolume');
const undoing = ({ step }: { readonly step: string }) => ({ ...units.next('undo', 'undo', 'swapVolume'), step });

test('what it writes after the copy is on the new volume, which the guest has without having noticed', async () => {
  expect(await guest.type('write vdb early')).toContain('IT-OK');
  const before = (await guest.lines()).length - 1;
  await driver.copyVolume(swap, deliver(copies()));
  expect(await guest.type('write vdb late')).toContain('IT-OK');
  await driver.plugVolumes({ volumes: [spare] }, deliver(units.next('plug')));
  expect(await files()).toEqual(['spare', 'spare']);
  await driver.releaseVolumes({ volumes: [data.volume] }, deliver(units.next('release')));
  expect(await guest.type('read vdb')).toContain('late');
  expect((await guest.lines()).slice(before).filter((line) => line.startsWith('IT-DISK'))).toEqual([]);
  expect(await job()).toBe('');
  // Started anew, it finds the same, as large as the volume is.
  await driver.powerOffGuest({}, deliver(units.next()));
  await driver.startGuest({}, deliver(units.next()));
  await guest.untilUp(2);
  expect(await guest.type('read vdb')).toContain('late');
  expect(await virsh('domblkinfo', domain(), 'vdb')).toContain(String(2 * 2 ** 30));
});

test('what it writes after it has changed over is on the old volume when the swap is undone', async () => {
  const [copy, plug] = [copies(), units.next('plug')];
  await driver.copyVolume(swap, deliver(copy));
  await driver.plugVolumes({ volumes: [spare] }, deliver(plug));
  expect(await guest.type('write vdb later')).toContain('IT-OK');
  await driver.plugVolumes({ volumes: [data] }, deliver(undoing(plug)));
  await driver.wipeVolume({ volume: spare.volume }, deliver(undoing(copy)));
  expect(await files()).toEqual([data.volume, data.volume]);
  expect(await guest.type('read vdb')).toContain('later');
  expect(await job()).toBe('');
});

test('a copy that was broken off is carried on by the next attempt, and ended by its undo', async () => {
  expect(await guest.type('fill vdb 64')).toContain('IT-OK');
  await places.slowCopies();
  const copy = copies();
  const breaking = new AbortController();
  const first = driver.copyVolume(swap, deliver(copy, 1, { signal: breaking.signal }));
  await eventually('a copy is under way', async () => (await job()).includes('type=Block Copy'));
  breaking.abort(new Error('the worker ends'));
  await expect(first).rejects.toThrow('the worker ends');
  const second = driver.copyVolume(swap, deliver(copy, 2));
  await delay(1_500);
  await virsh('blockjob', domain(), 'vdb', '--bandwidth', '0');
  await second;
  expect(await begun()).toBe(1);
  await driver.wipeVolume({ volume: spare.volume }, deliver(undoing(copy)));
  expect(await job()).toBe('');
  expect(await files()).toEqual([data.volume, data.volume]);
  expect(await guest.type('write vdb on')).toContain('IT-OK');
});

test('a guest that stops between copy and change loses nothing', async () => {
  await driver.copyVolume(swap, deliver(copies()));
  expect(await guest.type('write vdb last')).toContain('IT-OK');
  await virsh('shutdown', domain(), '--mode', 'acpi');
  await eventually('it is off', async () => (await virsh('domstate', domain())).includes('shut off'));
  await driver.plugVolumes({ volumes: [spare] }, deliver(units.next('plug')));
  await driver.releaseVolumes({ volumes: [data.volume] }, deliver(units.next('release')));
  await driver.startGuest({}, deliver(units.next()));
  await guest.untilUp(2);
  expect(await guest.type('read vdb')).toContain('last');
  expect(await virsh('domblkinfo', domain(), 'vdb')).toContain(String(2 * 2 ** 30));
});
