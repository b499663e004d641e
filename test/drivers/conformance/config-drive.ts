/** What a guest is told of itself. */
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { Opened } from '../../../activities/drivers/driver.ts';
import type { GuestDefinition } from '../../../src/operations/units/index.ts';
import { deliver, machine } from '../deliveries.ts';
import { arrange, type Scene } from './scene.ts';

const text = '#!/bin/sh\necho hello\n';
const file = 'contents of a file';
const base64 = (content: string) => Buffer.from(content).toString('base64');
const digest = (content: string) => createHash('sha256').update(content).digest('hex');

const told: Opened<GuestDefinition> = {
  ...machine,
  configDrive: {
    hostname: 'web-1',
    projectId: 'blue',
    metadata: { role: 'front' },
    key: { name: 'laptop', type: 'ssh', publicKey: 'ssh-ed25519 AAAA mia' },
  },
  userData: base64(text),
  files: JSON.stringify([{ path: '/etc/motd', contents: base64(file) }]),
  adminPassword: 'correct horse',
};

/** What the drive of that guest holds, as it was agreed upon with those who read it. */
const driveOf = (uuid: string): Record<string, string> => ({
  'openstack/latest/meta_data.json': digest(
    JSON.stringify({
      uuid,
      name: told.name,
      hostname: 'web-1',
      project_id: 'blue',
      launch_index: 0,
      availability_zone: 'nova',
      devices: [],
      meta: { role: 'front' },
      public_keys: { laptop: 'ssh-ed25519 AAAA mia' },
      keys: [{ name: 'laptop', type: 'ssh', data: 'ssh-ed25519 AAAA mia' }],
      files: [{ path: '/etc/motd', content_path: '/content/0000' }],
      admin_pass: 'correct horse',
    }),
  ),
  'openstack/latest/vendor_data.json': digest('{}'),
  'openstack/latest/user_data': digest(text),
  'openstack/content/0000': digest(file),
});

export function tests(scene: () => Scene): void {
  test('a guest is defined with its config drive, which is gone when it is', async () => {
    const { driver, fleet, units } = scene();
    await arrange('disk', scene());
    await driver.defineGuest(told, deliver(units.next()));
    expect(await fleet.configDrive(fleet.here, units.instanceId)).toEqual(driveOf(units.instanceId));
    await driver.startGuest({}, deliver(units.next()));
    await driver.destroyGuest({}, deliver(units.next()));
    expect(await fleet.configDrive(fleet.here, units.instanceId)).toBeNull();
  });

  test('another definition has another config drive, or none', async () => {
    const { driver, fleet, units } = scene();
    await arrange('off', scene());
    expect(await fleet.configDrive(fleet.here, units.instanceId)).toBeNull();
    await driver.hardRebootGuest(told, deliver(units.next()));
    await driver.powerOffGuest({}, deliver(units.next()));
    await driver.defineGuest({ ...told, userData: base64('other') }, deliver(units.next()));
    expect(await fleet.configDrive(fleet.here, units.instanceId)).toEqual({
      ...driveOf(units.instanceId),
      'openstack/latest/user_data': digest('other'),
    });
    await driver.defineGuest(machine, deliver(units.next()));
    expect(await fleet.configDrive(fleet.here, units.instanceId)).toBeNull();
  });

  test('a guest that migrates takes its config drive along, and leaves none behind', async () => {
    const { driver, fleet, units } = scene();
    await arrange('disk', scene());
    await driver.defineGuest(told, deliver(units.next()));
    await driver.startGuest({}, deliver(units.next()));
    await fleet
      .driver(fleet.there)
      .prepareDisk({ disk: 'copy', image: 'debian-13', sizeGb: 20 }, deliver(units.next()));
    const migration = { disk: 'root', toHost: fleet.there, toDisk: 'copy' };
    await driver.liveMigrateGuest(migration, deliver(units.next()));
    expect(await fleet.configDrive(fleet.there, units.instanceId)).toEqual(driveOf(units.instanceId));
    await driver.destroyGuest({}, deliver(units.next()));
    expect(await fleet.configDrive(fleet.here, units.instanceId)).toBeNull();
  });
}
