/** What a new guest is given goes wherever the guest goes, and is secret on all the way to it. */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { InvalidInputError, type InstanceRecord } from '../../src/client/index.ts';
import { instanceWorkflowId, taskWorkflowId } from '../../src/model/task.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ed25519Key } from '../support/ssh-keys.ts';
import { everythingWrittenIn, historyOf } from '../support/written.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  await fleet.client.keyPairs('alice').import('laptop', ed25519Key.publicKey);
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const script = '#!/bin/sh\necho top secret user data\n';
const file = 'the contents of a secret file';
const password = 'correct horse battery staple';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const given = {
  hostname: 'web-1.example',
  key: 'laptop',
  metadata: { role: 'front' },
  userData: base64(script),
  files: [{ path: '/etc/motd', contents: base64(file) }],
  adminPass: password,
};
const userDataFile = 'openstack/latest/user_data';
const injectedFile = 'openstack/content/0000';
const onHost1 = { host: 'host-1' };

const born = (more: object = {}) => fleet.activeInstance({ ...given, ...onHost1, ...more }, { userId: 'alice' });
/** The drive of the guest, wherever that is by now. */
async function driveOf(id: string) {
  const record: InstanceRecord = await expectRecordEqualsHypervisor(fleet, id);
  return fleet.hypervisors.configDrive(record);
}

test('a guest is told who it is, who may log in, and what it is to do', async () => {
  const { id, name } = await born();
  expect(await driveOf(id)).toEqual({
    metadata: {
      uuid: id,
      name,
      hostname: 'web-1.example',
      project_id: 'default',
      availability_zone: 'nova',
      launch_index: 0,
      devices: [],
      meta: { role: 'front' },
      public_keys: { laptop: ed25519Key.publicKey },
      keys: [{ name: 'laptop', type: 'ssh', data: ed25519Key.publicKey }],
    },
    digests: {
      'openstack/latest/meta_data.json': expect.any(String),
      'openstack/latest/vendor_data.json': digest('{}'),
      [userDataFile]: digest(script),
      [injectedFile]: digest(file),
    },
  });
});

test('an instance has no config drive where nothing was given and none was asked for', async () => {
  const plain = await fleet.activeInstance(onHost1);
  expect(await driveOf(plain.id)).toBeNull();
  const { id, name } = await fleet.activeInstance({ ...onHost1, configDrive: true });
  expect(await driveOf(id)).toMatchObject({ metadata: { hostname: name.toLowerCase() } });
});

test.each([
  ['reboot', { type: 'HARD' }],
  ['migrate', {}],
  ['liveMigrate', {}],
  ['resize', { flavor: 'm1.medium' }],
  ['rescue', {}],
  ['shelve', { offloadAfterSeconds: 0 }],
] as const)('the drive is there after %s', async (operation, input) => {
  const { id } = await born();
  const before = await driveOf(id);
  expect(await fleet.run(operation, id, input)).toMatchObject({ status: 'COMPLETED' });
  if (operation === 'shelve') await fleet.run('unshelve', id, {});
  expect(await driveOf(id)).toEqual(before);
  if (operation === 'resize') await fleet.run('revertResize', id, {});
  if (operation === 'rescue') await fleet.run('unrescue', id, {});
  expect(await driveOf(id)).toEqual(before);
});

test('a rebuilt guest is told what it was told before, with what is new; files and password are those of the rebuild', async () => {
  const { id } = await born();
  const before = await driveOf(id);
  await fleet.run('rebuild', id, { image: 'debian-13' });
  const kept = await driveOf(id);
  expect(kept?.metadata).toEqual(before?.metadata);
  expect(Object.keys(kept?.digests ?? {})).toContain(userDataFile);
  expect(Object.keys(kept?.digests ?? {})).not.toContain(injectedFile);
  const fresh = { image: 'debian-13', key: null, userData: base64('other'), hostname: 'db', name: 'db', metadata: {} };
  await fleet.run('rebuild', id, fresh, { userId: 'alice' });
  const changed = await driveOf(id);
  expect(changed).toMatchObject({
    metadata: { name: 'db', hostname: 'db' },
    digests: { [userDataFile]: digest('other') },
  });
  for (const gone of ['public_keys', 'keys', 'meta']) expect(changed?.metadata).not.toHaveProperty(gone);
  await fleet.run('rebuild', id, { image: 'debian-13', userData: null });
  expect(Object.keys((await driveOf(id))?.digests ?? {})).not.toContain(userDataFile);
  expect(await fleet.client.get(id)).toMatchObject({ name: 'db', key: null, hostname: 'db', metadata: {} });
});

test('a rebuild that fails leaves the drive as it was', async () => {
  const { id } = await born();
  const before = await driveOf(id);
  await fleet.hypervisors.misbehave({
    unit: 'startGuest',
    instance: id,
    direction: 'run',
    misbehaviour: { kind: 'fail' },
  });
  expect(await fleet.run('rebuild', id, { image: 'debian-13', hostname: 'other' })).toMatchObject({ status: 'FAILED' });
  expect(await driveOf(id)).toEqual(before);
  expect(await fleet.client.get(id)).toMatchObject({ hostname: 'web-1.example' });
});

test('the password that was set last is on the drive that is written next', async () => {
  const { id } = await born();
  const before = await driveOf(id);
  await fleet.run('changePassword', id, { adminPass: 'another' });
  await fleet.run('reboot', id, { type: 'HARD' });
  const file = 'openstack/latest/meta_data.json';
  expect((await driveOf(id))?.digests[file]).not.toBe(before?.digests[file]);
});

test.each(['COMPLETED', 'FAILED'] as const)('a create that is %s leaves what is secret nowhere', async (status) => {
  if (status === 'FAILED') await fleet.hypervisors.misbehave({ unit: 'defineGuest', misbehaviour: { kind: 'fail' } });
  const task = await fleet.client.create(
    { name: 'secretive', flavor: 'm1.small', image: 'debian-13', ...given },
    { userId: 'alice' },
  );
  expect(await fleet.ended(task)).toMatchObject({ status });
  const workflows = [instanceWorkflowId(task.instanceId), taskWorkflowId(task.id)];
  const histories = await Promise.all(workflows.map((workflow) => historyOf(fleet.temporal, workflow)));
  for (const history of histories) expect(history).toContain('A256GCM');
  const shown = JSON.stringify([await fleet.client.task(task.id), await fleet.client.get(task.instanceId)]);
  const written = await everythingWrittenIn(fleet.surroundings.folder);
  expect(written).toContain(task.id);
  for (const secret of [script, file, password, base64(script), base64(file)]) {
    for (const text of [...histories, shown, written]) expect(text).not.toContain(secret);
  }
});

test('what may be long travels once: the task carries what tells whether it is the same, and no more', async () => {
  const options = { userId: 'alice', idempotencyKey: 'long' };
  const wanted = { name: 'long', flavor: 'm1.small', image: 'debian-13', userData: base64('x'.repeat(40_000)) };
  const task = await fleet.client.create(wanted, options);
  await fleet.ended(task);
  expect(JSON.stringify(task.input).length).toBeLessThan(1_000);
  expect((await fleet.client.create(wanted, options)).id).toBe(task.id);
  await expect(fleet.client.create({ ...wanted, userData: base64('y') }, options)).rejects.toThrow('idempotency key');
});

test.each([
  [{ userData: 'a' }, 'userData: must be base64'],
  [{ userData: base64('x'.repeat(50_000)) }, 'userData'],
  [{ files: [{ path: '/x', contents: base64('x'.repeat(10_241)) }] }, 'files.0.contents: has more than 10240 bytes'],
  [{ hostname: 'no name' }, 'hostname: may have letters, digits and -._ only'],
  [{ key: 'phone' }, 'key: alice has no key pair "phone"'],
  [{ accessIPv4: 'here' }, 'accessIPv4'],
])('%j is refused, and the reason is said', async (wrong, message) => {
  const wanted = { name: 'wrong', flavor: 'm1.small', image: 'debian-13', ...wrong };
  const refused = fleet.client.create(wanted, { userId: 'alice' });
  await expect(refused).rejects.toThrow(InvalidInputError);
  await expect(refused).rejects.toThrow(message);
});
