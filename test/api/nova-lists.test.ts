/** Nova's API: lists of servers, as the read model answers them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import type { ApiClient, Answer } from './api-client.ts';
import { ServedForTest } from './api-process.ts';

let fleet: Fleet;
let api: ServedForTest;
let mia: ApiClient;
let anna: ApiClient;
/** Oldest first: the first is stopped, the last has tags. */
let ids: string[];
beforeAll(async () => {
  fleet = await startFleet();
  api = await ServedForTest.start(fleet);
  [mia, anna] = [await api.as('mia'), await api.as('anna')];
  ids = [];
  const more = {
    'list-b': { hostname: 'z', accessIPv4: '192.0.2.1' },
    'list-a': { configDrive: true, hostname: 'y' },
    'list-c': { tags: ['blue', 'web'], hostname: 'x' },
  };
  for (const name of ['list-b', 'list-a', 'list-c'] as const) {
    const input = { name, metadata: { of: name }, ...more[name] };
    ids.push((await fleet.activeInstance(input, { projectId: 'id-of-blue', userId: 'id-of-mia' })).id);
  }
  await fleet.activeInstance({ name: 'list-foreign' }, { projectId: 'id-of-red' });
  await fleet.run('stop', ids[0] ?? '', {});
  await eventually('all is listed', async () => {
    expect(await names('?status=SHUTOFF')).toEqual(['list-b']);
    return true;
  });
});
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

const newest = { 'openstack-api-version': 'compute 2.96' };
const listed = z.object({
  servers: z.array(z.looseObject({ id: z.string(), name: z.string() })),
  servers_links: z.array(z.object({ rel: z.string(), href: z.string() })).optional(),
});
const list = (query: string, client = mia, headers: Readonly<Record<string, string>> = newest): Promise<Answer> =>
  client.get(`/v2.1/servers${query}`, headers);
async function names(query: string, client = mia): Promise<string[]> {
  const { body, text } = await list(query, client);
  const parsed = listed.safeParse(body);
  if (!parsed.success) throw new Error(text);
  return parsed.data.servers.map(({ name }) => name);
}

test('servers come newest first, those of the project only, and all of them for an admin who says so', async () => {
  expect(await names('')).toEqual(['list-c', 'list-a', 'list-b']);
  expect(await names('?all_tenants=1', anna)).toContain('list-foreign');
  expect(await list('?all_tenants=1')).toMatchObject({
    status: 403,
    text: expect.stringContaining('os_compute_api:servers:index:get_all_tenants'),
  });
});

test('the links lead from page to page in any order', async () => {
  const seen: string[] = [];
  let path = '/v2.1/servers?limit=1&sort_key=display_name&sort_dir=asc';
  for (let pages = 0; pages < 5 && path !== ''; pages += 1) {
    const { servers, servers_links: links = [] } = listed.parse((await mia.get(path, newest)).body);
    seen.push(...servers.map(({ name }) => name));
    const next = links.find(({ rel }) => rel === 'next')?.href;
    path = next === undefined ? '' : next.slice(api.url.length);
  }
  expect(seen).toEqual(['list-a', 'list-b', 'list-c']);
});

test.each([
  ['?name=^list-[ab]', ['list-a', 'list-b']],
  ['?status=shutoff', ['list-b']],
  ['?vm_state=active', ['list-c', 'list-a']],
  ['?tags=blue,web', ['list-c']],
  ['?not-tags-any=blue', ['list-a', 'list-b']],
  ['?locked=True', []],
  ['?flavor=2', ['list-c', 'list-a', 'list-b']],
  ['?flavor=5', []],
  ['?changes-since=2099-01-01T00:00:00Z', []],
  ['?limit=0', []],
  ['?hostname=y', ['list-a']],
  ['?config_drive=true', ['list-a']],
  ['?config_drive=false', ['list-c', 'list-b']],
  ['?key_name=laptop', []],
  ['?access_ip_v4=192.0.2.1', ['list-b']],
  ['?sort_key=hostname&sort_dir=asc', ['list-c', 'list-a', 'list-b']],
  ['?sort_key=config_drive&sort_dir=desc', ['list-a', 'list-c', 'list-b']],
  ['?sort_key=access_ip_v4&sort_dir=asc', ['list-a', 'list-c', 'list-b']],
  ['?host=host-1', ['list-c', 'list-a', 'list-b']],
])('%s finds %j', async (query, expected) => {
  expect(await names(query)).toEqual(expected);
});

test.each([
  ['?limit=x', 400, "Invalid input for query parameters limit. Value: x. 'x' does not match '^[0-9]*$'"],
  ['?nope=1', 400, "Additional properties are not allowed ('nope' was unexpected)"],
  ['?marker=x', 400, 'marker [x] not found'],
  ['?sort_dir=up&sort_key=uuid', 400, "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'"],
  ['?status=NOPE', 400, 'Invalid status value'],
  ['?status=deleted', 403, 'Only administrators may list deleted instances'],
  ['?name=(', 400, 'Invalid filter name: "(" is no regular expression'],
  ['?changes-since=yesterday', 400, "'yesterday' is not a 'date-time'"],
])('%s is refused with %i', async (query, status, message) => {
  const answer = await list(query);
  expect(answer).toMatchObject({ status });
  expect(JSON.stringify(answer.body)).toContain(JSON.stringify(message).slice(1, -1));
});

test('what a version does not know is ignored in it', async () => {
  const old = { 'openstack-api-version': 'compute 2.1' };
  expect(listed.parse((await list('?nope=1&tags=web', mia, old)).body).servers).toHaveLength(3);
  expect(listed.parse((await list('?status=NOPE', mia, old)).body).servers).toEqual([]);
});

test('details of a list are those of the server itself, but for what would have to be looked up', async () => {
  const { servers } = listed.parse((await list('/detail?name=list-c')).body);
  const { server } = z
    .object({ server: z.looseObject({}) })
    .parse((await mia.get(`/v2.1/servers/${ids[2]}`, newest)).body);
  const { server_groups: _groups, ...shown } = server;
  expect(servers).toEqual([shown]);
});

test('whoever asks for changes hears of what was deleted, and nobody else does', async () => {
  const { id } = await fleet.activeInstance({ name: 'gone' }, { projectId: 'id-of-blue' });
  await fleet.run('delete', id, {});
  await eventually('the delete is listed', async () => {
    const { servers } = listed.parse((await list('/detail?changes-since=2020-01-01')).body);
    expect(servers.find((each) => each.id === id)).toMatchObject({ status: 'DELETED' });
    return true;
  });
  expect(await names('?name=gone')).toEqual([]);
  expect(await names('?name=gone&deleted=true&all_tenants=1', anna)).toEqual(['gone']);
});
