/** `itask api`: the API as a process of its own, as operators run it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { temporaryClone } from '../dev/temporary-clone.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ApiClient, idIn } from './api-client.ts';
import { ApiCommand } from './api-command.ts';

let fleet: Fleet;
let api: ApiCommand;
beforeAll(async () => {
  fleet = await startFleet();
  api = await ApiCommand.prepare(fleet);
});
afterAll(async () => {
  await api.clone.remove();
  await fleet.dispose();
});

const imagesSchema = z.object({ images: z.array(z.object({ id: z.string() })) });
const imageId = async (client: ApiClient): Promise<string> => {
  const [image] = imagesSchema.parse((await client.get('/image/v2/images')).body).images;
  if (image === undefined) throw new Error('there is no image');
  return image.id;
};
const tokenSchema = z.object({ token: z.object({ project: z.object({ id: z.string() }) }) });
const projectId = async (client: ApiClient, token: string): Promise<string> =>
  tokenSchema.parse((await client.get('/v3/auth/tokens', { 'x-subject-token': token })).body).token.project.id;
const reboot = { action: 'HARD_REBOOT' };

test('processes side by side take one another’s tokens; kill -9 of one loses no request and doubles none', async () => {
  const [first, second, token] = await Promise.all([api.serve(), api.serve(), api.tokenOf('dev-admin')]);
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
  expect((await second.end()).exitCode).toBe(0);
});

test('kill -9 amid many requests at both doors: whoever asks again with the same key gets what was asked for, once', async () => {
  const [first, second, token] = await Promise.all([api.serve(), api.serve(), api.tokenOf('dev-admin')]);
  const asked = Array.from({ length: 16 }, (_, index) => ({ name: `made-${index}`, key: randomUUID() }));
  const ask = async (url: string, { name, key }: (typeof asked)[number], index: number) => {
    const headers = { 'idempotency-key': key };
    const client = new ApiClient(url, token);
    if (index % 2 === 0) {
      const servers = [{ name, flavor: 'm1.tiny', image: 'cirros' }];
      return client.post(`/projects/${await projectId(client, token)}/servers`, { servers }, headers);
    }
    const server = { name, flavorRef: '1', imageRef: await imageId(client), networks: 'none' };
    return client.post('/v2.1/servers', { server }, { ...headers, 'openstack-api-version': 'compute 2.96' });
  };
  // Some have been answered by then, some are under way, and some never arrive.
  const answered: number[] = [];
  const answers = asked.map(async (each, index) => {
    await delay(index * 10);
    const { status } = await ask(first.url, each, index);
    if (status === 202) answered.push(index);
  });
  const ended = Promise.allSettled(answers);
  await eventually('some have been answered', async () => Promise.resolve(answered.length >= 3));
  first.process.kill('SIGKILL');
  await ended;
  const again = await Promise.all(asked.map((each, index) => ask(second.url, each, index)));
  expect(again.filter(({ status }) => status !== 202).map(({ text }) => text)).toEqual([]);
  const listed = await eventually('all are listed', async () => {
    const names = (await fleet.client.list({ limit: 100 })).rows.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(asked.map(({ name }) => name)));
    return names.filter((name) => name.startsWith('made-'));
  });
  expect(listed).toHaveLength(asked.length);
  await second.end();
});

test('the log has a line for each request that may change something, and no secret', async () => {
  const [served, token] = await Promise.all([api.serve(), api.tokenOf('dev-admin')]);
  const { id } = await fleet.activeInstance();
  const adminPass = randomUUID();
  const client = new ApiClient(served.url, token);
  const body = { action: 'UPDATE_PASSWORD', input: { adminPass } };
  const answer = await client.post(`/servers/${id}/tasks`, body, { prefer: 'wait=60' });
  expect(answer).toMatchObject({ status: 202, body: { state: 'COMPLETED' } });
  expect(answer.text).not.toContain(adminPass);
  const { stderr } = await served.end();
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
  const open = await api.itask(['api', '--ip', '0.0.0.0', '--port', '0']);
  expect([open.exitCode, open.stderr]).toEqual([
    2,
    expect.stringContaining('without TLS the API is served on loopback only'),
  ]);
  const bare = await temporaryClone((document) => document.delete('api'));
  const nothing = await api.itask(['api', '--config', bare.file]);
  expect([nothing.exitCode, nothing.stderr]).toEqual([2, expect.stringContaining('has no section `api`')]);
  await bare.remove();
});

test('clouds.yaml is as OpenStack’s clients want it, and only its owner reads it', async () => {
  const folder = join(api.clone.folder, '.dev');
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
  const served = await api.serve();
  for (const { auth } of Object.values(clouds)) {
    expect(identities).not.toContain(auth.password);
    const user = { name: auth.username, password: auth.password, domain: { id: 'default' } };
    const scope = { project: { name: auth.project_name, domain: { id: 'default' } } };
    const { status } = await new ApiClient(served.url, null).post('/v3/auth/tokens', {
      auth: { identity: { methods: ['password'], password: { user } }, scope },
    });
    expect(status).toBe(201);
  }
  await served.end();
});

test('a password is hashed, each time anew', async () => {
  const hashes = [await api.itask(['api', 'hash'], 'secret\n'), await api.itask(['api', 'hash'], 'secret\n')].map(
    ({ stdout }) => stdout,
  );
  expect(hashes[0]).toMatch(/^scrypt\$/);
  expect(hashes[0]).not.toBe(hashes[1]);
  expect((await api.itask(['api', 'hash'], '')).exitCode).toBe(2);
});
