/** Key pairs, and what new guests are given, on the command line. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ed25519Key } from '../support/ssh-keys.ts';
import { itaskFor, type Itask } from './itask.ts';

let fleet: Fleet;
let itask: Itask;
let folder: string;
beforeAll(async () => {
  fleet = await startFleet();
  itask = await itaskFor(fleet);
  folder = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await fleet.dispose();
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

test('a key is imported, listed, given to an instance with user data and a hostname, and deleted', async () => {
  const key = await file('id_ed25519.pub', `${ed25519Key.publicKey}\n`);
  expect(await itask.json('keys', 'import', 'laptop', key)).toMatchObject({
    exitCode: 0,
    document: { name: 'laptop', type: 'ssh', fingerprint: ed25519Key.fingerprint },
  });
  expect((await itask.run('keys', 'list')).stdout).toContain(ed25519Key.fingerprint);
  const userData = await file('cloud-init.yml', '#cloud-config\n{}\n');
  const given = ['--key', 'laptop', '--user-data', userData, '--hostname', 'web-1'];
  const created = await itask.run('create', 'told', '--flavor', 'm1.tiny', '--image', 'cirros', ...given);
  expect(created).toMatchObject({ exitCode: 0 });
  const { document } = await itask.instance('show', 'told');
  expect(document).toMatchObject({ hostname: 'web-1', key: 'laptop', config_drive: true });
  const { id } = z.looseObject({ id: z.string() }).parse(document);
  expect(Object.keys((await fleet.hypervisors.configDrive(await fleet.client.get(id)))?.digests ?? {})).toContain(
    'openstack/latest/user_data',
  );
  expect((await itask.run('show', id)).stdout).toMatch(/config drive +with user data/);
  expect(await itask.run('keys', 'delete', 'laptop')).toMatchObject({ exitCode: 0 });
  expect((await itask.run('keys', 'list')).stdout).toContain('There are no key pairs.');
});

test('a pair is made, and its private half is printed', async () => {
  const { exitCode, stdout } = await itask.run('keys', 'generate', 'made', '--user', 'bob');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
  expect((await itask.json('keys', 'list', '--user', 'bob')).document).toMatchObject([{ name: 'made' }]);
});

test('what is wrong is said: a key that there is not, a file that there is not, and no key at all', async () => {
  const create = (...more: string[]) =>
    itask.run('create', 'wrong', '--flavor', 'm1.tiny', '--image', 'cirros', ...more);
  expect(await create('--key', 'none')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('no key pair "none"'),
  });
  expect(await create('--user-data', '/none')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('/none') });
  const text = await file('no-key', 'no key');
  expect(await itask.run('keys', 'import', 'x', text)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('is no public key of SSH'),
  });
  expect(await itask.run('keys', 'delete', 'none')).toMatchObject({ exitCode: 4 });
});
