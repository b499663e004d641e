/** Live migrations: guests that go to another host while they run. */
import { expect, test } from '@jest/globals';
import type { HostUnitName } from '../../../src/operations/units/index.ts';
import { deliver, disk } from '../deliveries.ts';
import { arrange, data, further, running, type Case, type Idleness, type Refusal, type Scene } from './scene.ts';

const disks = { disk: 'root', toDisk: 'copy' };

export const cases = {
  prepareDisk: {
    from: 'absent',
    act: (driver, context) => driver.prepareDisk(disk, context),
    answer: {},
    // Nothing that could be used.
    reaches: { disks: {} },
  },
  discardArrival: {
    from: 'disk',
    act: (driver, context) => driver.discardArrival({ disk: disk.disk }, context),
    answer: {},
    reaches: { powerState: 'NOSTATE', disks: {} },
  },
  liveMigrateGuest: {
    from: 'expected',
    act: (driver, context, { there }) => driver.liveMigrateGuest({ ...disks, toHost: there }, context),
    answer: running,
    at: 'there',
    reaches: { ...running, bootCount: 1, disks: { copy: { contents: expect.any(String), sizeGb: 20 } } },
  },
  abortLiveMigration: {
    from: 'expected',
    act: (driver, context, { there }) => driver.abortLiveMigration({ ...disks, toHost: there }, context),
    answer: { ...running, arrived: false },
    reaches: { ...running, bootCount: 1 },
    effects: 0,
  },
  forceCompleteLiveMigration: {
    from: 'running',
    act: (driver, context) => driver.forceCompleteLiveMigration({}, context),
    answer: {},
    reaches: { ...running, bootCount: 1 },
    effects: 0,
  },
} satisfies Partial<Record<HostUnitName, Case>>;

export const refusals: readonly Refusal[] = [
  ['liveMigrateGuest', 'absent', 'GUEST_NOT_FOUND'],
  ['liveMigrateGuest', 'off', 'GUEST_STATE_CONFLICT'],
  ['liveMigrateGuest', 'running', 'DISK_NOT_FOUND'],
];

export const idle: readonly Idleness[] = [
  ['abortLiveMigration', 'absent', { powerState: 'NOSTATE', arrived: false }],
  ['forceCompleteLiveMigration', 'absent', {}],
  ['prepareDisk', 'disk', {}],
  ['discardArrival', 'absent', {}],
];

/** What is to be said of them besides. */
export function tests(scene: () => Scene): void {
  test('a guest that has arrived is discarded with its disk where all is taken back, and arrives no more', async () => {
    const { driver, fleet, units, look } = scene();
    await arrange('expected', scene());
    const run = units.next('migrate');
    await driver.liveMigrateGuest({ ...disks, toHost: fleet.there }, deliver(run));
    await fleet.driver(fleet.there).discardArrival({ disk: 'copy' }, deliver(units.next('prepareDisk', 'undo')));
    expect(await look('there')).toMatchObject({ powerState: 'NOSTATE', disks: {} });
    const again = driver.liveMigrateGuest({ ...disks, toHost: fleet.there }, deliver(run, 2));
    await expect(again).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
  });

  test('a guest that migrates keeps its volumes and interfaces, and leaves none of them behind', async () => {
    const { driver, fleet, units, look } = scene();
    await arrange('attached', scene());
    await driver.plugInterfaces({ interfaces: [further] }, deliver(units.next()));
    await fleet.driver(fleet.there).prepareDisk({ ...disk, disk: 'copy' }, deliver(units.next()));
    await driver.liveMigrateGuest({ ...disks, toHost: fleet.there }, deliver(units.next()));
    const devices = { plugged: { [data.volume]: data.device }, guestPorts: [further.port] };
    expect(await look('there')).toMatchObject({ ...running, ...devices });
    expect(await look()).toMatchObject({ powerState: 'NOSTATE', plugged: {}, guestPorts: [] });
  });
}
