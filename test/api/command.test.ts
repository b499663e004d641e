/** `itask api`: the API as a process of its own, as operators run it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { provideClouds } from '../../src/dev/clouds.ts';
import { saysReady } from '../../src/dev/worker-command.ts';
import { temporaryClone, type TemporaryClone } from '../dev/temporary-clone.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ApiClient, idIn } from './api-client.ts';

let fleet: Fleet;
let clone: TemporaryClone;
beforeAll(async () => {
  fleet = await startFleet();
  clone = await temporaryClone();
  if (clone.configuration.api !== null) await provideClouds(clone.configuration.api);
});
afterAll(async () => {
  await clone.remove();
  await fleet.dispose();
});

const itask = (words: readonly string[], input = '') =>
  execa(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...words], {
    env: {
      ITASK_CONFIG: clone.file,
      TEMPORAL_ADDRESS: fleet.surroundings.address,
      TEMPORAL_NAMESPACE: fleet.surroundings.namespace,
      ITASK_SECRET_KEYS: fleet.surroundings.secretKeys,
    },
    input,
    reject: false,
  });

/** One more process that serves the API, at a port of its own. */
async function served() {
  const process = itask(['api', '--port', '0']);
  const lines: string[] = [];
  process.stderr.on('data', (data: Buffer) => lines.push(...data.toString().split('\n')));
  const ready = await eventually('the API is ready', async () => Promise.resolve(lines.find(saysReady)));
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(ready));
  return { process, url };
}
const tokenOf = async (user: string): Promise<string> => (await itask(['api', 'token', user])).stdout;
const reboot = { action: 'HARD_REBOOT' };

test('processes side by side take one another’s tokens; kill -9 of one loses no request and doubles none', async () => {
  const [first, second, token] = await Promise.all([served(), served(), tokenOf('dev-admin')]);
  const { id } = await fleet.activeInstance();
  const key = { 'idempotency-key': randomUUID() };
  const ask = (url: string) => new ApiClient(url, token).post(`/servers/${id}/tasks`, reboot, key);
  const answer = ask(first.url).catch(() => null);
  first.process.kill('SIGKILL');
  await Promise.all([answer, first.process]);
  const again = await ask(second.url);
  expect(again.status).toBe(202);
  expect(await fleet.ended(idIn(again))).toMatchObject({ status: 'COMPLETED' });
  expect((await fleet.client.tasks(id)).map(({ operation }) => operation)).toEqual(['create', 'reboot']);
  second.process.kill('SIGTERM');
  expect((await second.process).exitCode).toBe(0);
});

test('the log has a line for each request that may change something, and no secret', async () => {
  const [{ process, url }, token] = await Promise.all([served(), tokenOf('dev-admin')]);
  const { id } = await fleet.activeInstance();
  const adminPass = randomUUID();
  const client = new ApiClient(url, token);
  const body = { action: 'UPDATE_PASSWORD', input: { adminPass } };
  const answer = await client.post(`/servers/${id}/tasks`, body, { prefer: 'wait=60' });
  expect(answer).toMatchObject({ status: 202, body: { state: 'COMPLETED' } });
  expect(answer.text).not.toContain(adminPass);
  process.kill('SIGTERM');
  const { stderr } = await process;
  const audit = stderr.split('\n').find((line) => line.includes('"audit":true'));
  expect(JSON.parse(audit ?? '')).toMatchObject({
    method: 'POST',
    path: `/servers/${id}/tasks`,
    status: 202,
    requestId: answer.headers.get('x-openstack-request-id'),
    project: expect.any(String),
  });
  expect(stderr).not.toContain(adminPass);
  expect(stderr).not.toContain(token);
});

test('without TLS it is served on loopback only, and without a section of the configuration not at all', async () => {
  const open = await itask(['api', '--ip', '0.0.0.0', '--port', '0']);
  expect([open.exitCode, open.stderr]).toEqual([
    2,
    expect.stringContaining('without TLS the API is served on loopback only'),
  ]);
  const bare = await temporaryClone((document) => document.delete('api'));
  const nothing = await itask(['api', '--config', bare.file]);
  expect([nothing.exitCode, nothing.stderr]).toEqual([2, expect.stringContaining('has no section `api`')]);
  await bare.remove();
});

test('clouds.yaml is as OpenStack’s clients want it, and only its owner reads it', async () => {
  const folder = join(clone.folder, '.dev');
  const { clouds } = z
    .object({
      clouds: z.record(
        z.string(),
        z.object({ auth: z.object({ username: z.string(), password: z.string(), project_name: z.string() }) }),
      ),
    })
    .parse(parse(await readFile(join(folder, 'clouds.yaml'), 'utf8')));
  expect(Object.keys(clouds)).toEqual(['dev-admin', 'dev-member']);
  const identities = await readFile(join(folder, 'identities.yml'), 'utf8');
  const { process, url } = await served();
  for (const { auth } of Object.values(clouds)) {
    expect(identities).not.toContain(auth.password);
    const user = { name: auth.username, password: auth.password, domain: { id: 'default' } };
    const scope = { project: { name: auth.project_name, domain: { id: 'default' } } };
    const { status } = await new ApiClient(url, null).post('/v3/auth/tokens', {
      auth: { identity: { methods: ['password'], password: { user } }, scope },
    });
    expect(status).toBe(201);
  }
  process.kill('SIGTERM');
  await process;
});

test('a password is hashed, each time anew', async () => {
  const hashes = [await itask(['api', 'hash'], 'secret\n'), await itask(['api', 'hash'], 'secret\n')].map(
    ({ stdout }) => stdout,
  );
  expect(hashes[0]).toMatch(/^scrypt\$/);
  expect(hashes[0]).not.toBe(hashes[1]);
  expect((await itask(['api', 'hash'], '')).exitCode).toBe(2);
});
