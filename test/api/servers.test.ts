/** The native API: servers are made in batches, read and listed; and the API as it describes itself. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ApiClient, type Answer } from './api-client.ts';
import { ServedForTest } from './api-process.ts';

let fleet: Fleet;
let api: ServedForTest;
let mia: ApiClient;
let olga: ApiClient;
let anna: ApiClient;
beforeAll(async () => {
  fleet = await startFleet();
  api = await ServedForTest.start(fleet);
  [mia, olga, anna] = await Promise.all([api.as('mia'), api.as('olga', 'red'), api.as('anna')]);
});
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

const batch = '/projects/id-of-blue/servers';
const web = { name: 'web', flavor: 'm1.tiny', image: 'cirros' };
interface Launched {
  readonly servers: readonly {
    readonly id: string;
    readonly _links: { readonly 'rel/server_task': { readonly href: string } };
  }[];
}
const launchedIn = ({ body }: Answer) => (body as Launched).servers;

test('a batch is launched: what one leaves out the defaults say', async () => {
  const answer = await mia.post(batch, {
    defaults: { flavor: 'm1.tiny', image: 'cirros', tags: ['blue'] },
    servers: [{ name: 'web-1' }, { name: 'web-2', flavor: 'm1.small' }],
    reason: 'spring',
  });
  expect(answer.status).toBe(202);
  const launched = launchedIn(answer);
  expect(launched).toHaveLength(2);
  for (const { _links } of launched)
    expect((await mia.get(_links['rel/server_task'].href, { prefer: 'wait=60' })).body).toMatchObject({
      action: 'CREATE',
      state: 'COMPLETED',
      reason: 'spring',
    });
  const second = await mia.get(`/servers/${launched[1]?.id}`);
  expect(second.body).toMatchObject({
    name: 'web-2',
    project_id: 'id-of-blue',
    user_id: 'id-of-mia',
    virt_state: 'ACTIVE',
    power_state: 'RUNNING',
    flavor: { name: 'm1.small' },
    tags: ['blue'],
    host: null,
  });
  expect((await anna.get(`/servers/${launched[1]?.id}`)).body).toMatchObject({ host: expect.stringMatching(/^host-/) });
  const head = await mia.send('HEAD', `/servers/${launched[1]?.id}`);
  expect([head.status, head.headers.get('virt-state'), head.headers.get('power-state')]).toEqual([
    200,
    'ACTIVE',
    'RUNNING',
  ]);
});

test('a batch with one mistake starts nothing, and says which', async () => {
  const key = randomUUID();
  const servers = [{ ...web, name: `first-${key}` }, { ...web, flavor: 'm9.huge' }, { name: 'x' }];
  const answer = await mia.post(batch, { servers });
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({
    issues: [{ path: 'servers.1.flavor', message: expect.stringContaining('m9.huge') }],
  });
  expect((await fleet.client.list({ name: `first-${key}` })).rows).toEqual([]);
});

test('the same idempotency key finds the same servers', async () => {
  const key = { 'idempotency-key': randomUUID() };
  const first = launchedIn(await mia.post(batch, { servers: [web, web] }, key)).map(({ id }) => id);
  expect(new Set(first).size).toBe(2);
  expect(launchedIn(await mia.post(batch, { servers: [web, web] }, key)).map(({ id }) => id)).toEqual(first);
});

test('lists have the servers of one project; those of others are not there', async () => {
  const name = randomUUID();
  const [{ id } = { id: '' }] = launchedIn(await mia.post(batch, { servers: [{ ...web, name }] }));
  const listed = async (client: ApiClient, path: string) => {
    const { status, body } = await client.get(path);
    return status === 200 ? (body as Launched).servers.map((server) => server.id) : status;
  };
  await eventually('it is listed', async () => (await listed(mia, `/servers?name=${name}`)).toString() === id);
  expect(await listed(mia, `${batch}?name=${name}`)).toEqual([id]);
  expect(await listed(olga, `/servers?name=${name}`)).toEqual([]);
  expect(await listed(olga, `${batch}?name=${name}`)).toBe(404);
  expect(await listed(olga, '/servers?all_projects=true')).toBe(403);
  expect(await listed(anna, `/servers?all_projects=true&name=${name}`)).toEqual([id]);
  expect((await olga.get(`/servers/${id}`)).status).toBe(404);
  expect((await olga.post(batch, { servers: [web] })).status).toBe(404);
});

test('a reader makes nothing, and only admins choose the host', async () => {
  const rita = await api.as('rita');
  expect((await rita.post(batch, { servers: [web] })).status).toBe(403);
  expect((await mia.post(batch, { servers: [{ ...web, host: 'host-1' }] })).status).toBe(403);
});

describe('the API describes itself', () => {
  const anybody = () => new ApiClient(api.url, null);

  test('by JSON Home, with every route and its methods', async () => {
    const { headers, body } = await anybody().get('/', { accept: 'application/json-home' });
    expect(headers.get('content-type')).toMatch(/^application\/json-home/);
    expect(body).toMatchObject({
      resources: {
        'rel/servers/{id}/tasks': { hrefTemplate: '/servers/{id}/tasks', hrefVars: { id: expect.any(String) } },
        'rel/server_tasks': { href: '/server_tasks', hints: { allow: expect.arrayContaining(['GET']) } },
      },
    });
  });

  test('by OpenAPI, in which each action has what it takes', async () => {
    const { body } = await anybody().get('/openapi.json');
    expect(body).toMatchObject({
      openapi: '3.1.0',
      paths: { '/servers/{id}/tasks': { post: { summary: expect.any(String) } } },
    });
    expect(JSON.stringify(body)).toContain('HARD_REBOOT');
  });

  test('by a page to read and try it, which needs no other server', async () => {
    const page = await anybody().get('/docs');
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/https?:\/\//);
  });

  test.each(['server', 'server_task', 'new_server_task', 'problem'])('by the JSON Schema of %s', async (name) => {
    const { status, body } = await anybody().get(`/schemas/${name}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ $id: `/schemas/${name}`, $schema: expect.stringContaining('json-schema.org') });
  });
});
