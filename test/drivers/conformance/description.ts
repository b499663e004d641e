/** What a host tells of a guest to whoever has lost its record. */
import { expect, test } from '@jest/globals';
import type { NotedRecord } from '../../../src/model/noted-guest.ts';
import { compareFences } from '../../../src/model/unit.ts';
import { deliver, disk, flavor, machine } from '../deliveries.ts';
import { arrange, data, further, spare, type Scene } from './scene.ts';

const nasty = `<it:instance digest="x"> & 'quoted' ]]> &lt; &amp;#10; \u0000\u0085\uffff\ud800\u2028 ü 🦆`;

const record: NotedRecord = {
  projectId: 'blue',
  userId: nasty,
  image: 'debian-13',
  createdAt: '2026-11-29T19:00:00.000Z',
  launchedAt: null,
  pendingResize: { from: { host: 'a', claim: 'one/claim', disk: 'former' }, flavor, vmState: 'active' },
  requestedBy: 'req-1',
  description: `\n\t ${nasty}\r\n`,
  metadata: { [nasty]: nasty, empty: '', ' ': ' ' },
  tags: [nasty],
  hostname: 'web-1',
  key: { name: nasty, type: 'ssh', publicKey: 'ssh-ed25519 AAAA mia' },
  accessIPv4: '192.0.2.7',
  accessIPv6: null,
  locked: { by: nasty, reason: null, at: '2026-11-29T19:00:00.000Z' },
  backups: [{ image: 'one', backupType: 'daily' }],
};

/** As many as a guest may have, and as long. */
const metadata = Object.fromEntries(
  Array.from({ length: 128 }, (_, index) => [`${index}`.padEnd(255, 'x'), '<"ü🦆">'.repeat(30)]),
);

export function tests(scene: () => Scene): void {
  test('a guest is described as it was defined, with what has changed since, wherever it goes', async () => {
    const { driver, fleet, units } = scene();
    const { instanceId } = units;
    await arrange('disk', scene());
    await driver.createDisk({ ...disk, disk: 'beside' }, deliver(units.next()));
    const definition = { ...machine, name: nasty, record, interfaces: [further] };
    await driver.defineGuest({ ...definition, otherDisks: ['beside'] }, deliver(units.next()));
    const noted = { name: nasty, flavor, hasConfigDrive: false, record };
    const described = { disk: 'root', otherDisks: [], interfaces: [further], noted };
    expect(await driver.describeGuest(instanceId)).toMatchObject({
      ...described,
      powerState: 'SHUTDOWN',
      otherDisks: ['beside'],
    });
    await driver.defineGuest(definition, deliver(units.next()));
    await driver.startGuest({}, deliver(units.next()));
    const newest = deliver(units.next());
    await driver.inspectGuest({}, newest);
    const { powerState, fence, ...rest } = await driver.describeGuest(instanceId);
    expect([powerState, rest]).toEqual(['RUNNING', described]);
    expect(compareFences(fence, newest.fence)).toBe(0);

    const fixed = {
      ...further,
      port: 'd0d7a4e2-7f4b-4c55-9f0a-5a1f3b6e2d10',
      mac: 'fa:16:3e:c0:d7:a5',
      fixedIp: '::1',
    };
    for (const { volume } of [data, spare]) await driver.reserveVolume({ volume }, deliver(units.next()));
    await driver.plugVolumes({ volumes: [data] }, deliver(units.next()));
    await driver.plugInterfaces({ interfaces: [further, fixed] }, deliver(units.next()));
    const changed = { ...described, volumes: [data], interfaces: [further, fixed] };
    expect(await driver.describeGuest(instanceId)).toMatchObject(changed);

    const there = fleet.driver(fleet.there);
    await there.prepareDisk({ ...disk, disk: 'copy' }, deliver(units.next()));
    await driver.liveMigrateGuest({ disk: 'root', toHost: fleet.there, toDisk: 'copy' }, deliver(units.next()));
    expect(await there.describeGuest(instanceId)).toMatchObject({ ...changed, powerState: 'RUNNING', disk: 'copy' });
    await expect(driver.describeGuest(instanceId)).rejects.toMatchObject({ code: 'GUEST_NOT_FOUND' });
  });

  test('a guest with all the metadata that there may be is defined and described', async () => {
    const { driver, units } = scene();
    await arrange('disk', scene());
    await driver.defineGuest({ ...machine, record: { ...record, metadata } }, deliver(units.next()));
    await driver.softRebootGuest({ timeoutSeconds: 30 }, deliver(units.next()));
    expect((await driver.describeGuest(units.instanceId)).noted?.record.metadata).toEqual(metadata);
  });

  test('a definition that differs in what is noted alone does not restart the guest', async () => {
    const { driver, units } = scene();
    await arrange('off', scene());
    await driver.defineGuest({ ...machine, record }, deliver(units.next()));
    await driver.startGuest({}, deliver(units.next()));
    const renamed = { ...machine, record: { ...record, tags: ['new'] } };
    await expect(driver.defineGuest(renamed, deliver(units.next()))).rejects.toMatchObject({
      code: 'GUEST_STATE_CONFLICT',
    });
    expect(await scene().look()).toMatchObject({ powerState: 'RUNNING', bootCount: 1 });
  });

  test('of a guest that was defined without it nothing is noted, and where there is no guest nothing is described', async () => {
    const { driver, units } = scene();
    await expect(driver.describeGuest(units.instanceId)).rejects.toMatchObject({ code: 'GUEST_NOT_FOUND' });
    await arrange('off', scene());
    expect(await driver.describeGuest(units.instanceId)).toMatchObject({ powerState: 'SHUTDOWN', noted: null });
  });
}
