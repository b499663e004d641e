/** Nova's API: servers are made, and made anew. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ed25519Key } from '../support/ssh-keys.ts';
import type { ApiClient } from './api-client.ts';
import { catalogue, ServedForTest } from './api-process.ts';

let fleet: Fleet;
let api: ServedForTest;
let mia: ApiClient;
let anna: ApiClient;
beforeAll(async () => {
  fleet = await startFleet();
  api = await ServedForTest.start(fleet, { quotas: { instances: 12, vcpus: -1, memoryMb: -1 } });
  [mia, anna] = [await api.as('mia'), await api.as('anna')];
});
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const newest = { 'openstack-api-version': 'compute 2.96' };
const [cirros, debian] = catalogue.images;
const body = (more: object = {}) => ({
  server: { name: 'web', flavorRef: '2', imageRef: cirros.id, networks: 'none', ...more },
});
const create = (more: object = {}, headers: Readonly<Record<string, string>> = {}, client = mia) =>
  client.post('/v2.1/servers', body(more), { ...newest, ...headers });
const made = z.object({ server: z.looseObject({ id: z.string(), adminPass: z.string() }) });
const act = (id: string, action: object) => mia.post(`/v2.1/servers/${id}/action`, action, newest);

/** A new server, once it runs. */
async function server(more: object = {}): Promise<{ readonly id: string; readonly adminPass: string }> {
  const { id, adminPass } = made.parse((await create(more)).body).server;
  await settled(id);
  return { id, adminPass };
}
async function settled(id: string): Promise<void> {
  for (const task of await fleet.client.tasks(id)) await fleet.ended(task);
}

test('a server is made as it was asked for, and its administrator has the password that was answered', async () => {
  const answer = await create({ description: 'd', metadata: { a: 'b' }, tags: ['web'] });
  expect(answer).toMatchObject({ status: 202 });
  const { id, adminPass } = made.parse(answer.body).server;
  expect(answer.headers.get('location')).toBe(`${api.url}/v2.1/servers/${id}`);
  await settled(id);
  const record = await fleet.client.get(id);
  expect(record).toMatchObject({
    vmState: 'active',
    projectId: 'id-of-blue',
    userId: 'id-of-mia',
    image: 'cirros',
    flavor: { name: 'm1.small' },
    description: 'd',
    metadata: { a: 'b' },
    tags: ['web'],
  });
  expect(await fleet.hypervisors.hasPassword(record, adminPass)).toBe(true);
  expect(JSON.stringify(await fleet.client.tasks(id))).not.toContain(adminPass);
  expect((await mia.get(`/v2.1/servers/${id}`, newest)).body).toMatchObject({
    server: { status: 'ACTIVE', image: { id: cirros.id }, flavor: { original_name: 'm1.small' } },
  });
});

test('a request that is made again with its key finds the same server, with the same password', async () => {
  const key = { 'idempotency-key': 'once' };
  const [first, again] = [await create({}, key), await create({}, key)];
  expect(made.parse(again.body)).toEqual(made.parse(first.body));
  expect(await create({ name: 'other' }, key)).toMatchObject({ status: 409 });
});

test('a server has an interface on each network that it was asked for with, and the addresses that can be known', async () => {
  const [v4, v6] = catalogue.networks;
  const fixed = { uuid: v4.id, fixed_ip: '10.0.0.9' };
  const { id } = await server({ networks: [fixed, { uuid: v6.id }] });
  const shown = async () => (await mia.get(`/v2.1/servers/${id}`, newest)).body;
  expect(await shown()).toMatchObject({
    server: {
      addresses: {
        private: [{ addr: '10.0.0.9', version: 4 }],
        modern: [{ addr: expect.stringMatching(/^fd00:1:2:3:f8.*ff:fe/), version: 6 }],
      },
    },
  });
  const listed = z.object({ interfaceAttachments: z.array(z.looseObject({ net_id: z.string() })) });
  const { body: attached } = await mia.get(`/v2.1/servers/${id}/os-interface`, newest);
  expect(listed.parse(attached).interfaceAttachments.map(({ net_id: net }) => net)).toEqual([v4.id, v6.id]);
  await eventually('it is found by its address', async () =>
    (await mia.get('/v2.1/servers?ip6=fd00:1:2:3:', newest)).text.includes(id),
  );
});

test.each([
  [{ networks: [{ uuid: cirros.id }] }, `Network ${cirros.id} could not be found.`],
  [
    { networks: [{ uuid: catalogue.networks[0].id, fixed_ip: '10.9.9.9' }] },
    'Fixed IP address 10.9.9.9 is not a valid ip address for network 10.0.0.0/24',
  ],
])('networks that there are not, and addresses that they do not have, are refused: %j', async (more, message) => {
  expect(await create(more)).toMatchObject({ status: 400, body: { badRequest: { message } } });
});

test('several are made at once, each under a number, and found by their reservation', async () => {
  const answer = await create({ name: 'pair', min_count: 2, max_count: 2, return_reservation_id: true });
  const { reservation_id: id } = z.object({ reservation_id: z.string() }).parse(answer.body);
  await eventually('both are listed', async () => {
    const { text } = await mia.get(`/v2.1/servers?reservation_id=${id}`, newest);
    expect(text).toContain('pair-1');
    expect(text).toContain('pair-2');
    return true;
  });
  const { rows } = await fleet.client.listTasks({ requestId: id.replace(/^r-/, 'req-'), operation: 'create' });
  expect(rows.map(({ instanceName }) => instanceName).sort()).toEqual(['pair-1', 'pair-2']);
});

test('rebuild and rescue take the images of the catalogue, and a password', async () => {
  const { id } = await server();
  expect(await act(id, { rebuild: { imageRef: debian.id, adminPass: 'chosen', name: 'renamed' } })).toMatchObject({
    status: 202,
    body: { server: { id, adminPass: 'chosen', name: 'renamed', image: { id: debian.id } } },
  });
  await settled(id);
  const rebuilt = await fleet.client.get(id);
  expect(rebuilt).toMatchObject({ image: 'debian-13', name: 'renamed', vmState: 'active' });
  expect(await fleet.hypervisors.hasPassword(rebuilt, 'chosen')).toBe(true);
  expect(await act(id, { rescue: { rescue_image_ref: cirros.id } })).toMatchObject({
    status: 200,
    body: { adminPass: expect.stringMatching(/^\w{12}$/) },
  });
  await settled(id);
  expect(await fleet.client.get(id)).toMatchObject({ vmState: 'rescued' });
});

test('a guest is told what its server was made with, and what it was rebuilt with', async () => {
  await fleet.client.keyPairs('id-of-mia').import('laptop', ed25519Key.publicKey);
  const userData = Buffer.from('#!/bin/sh\n').toString('base64');
  const given = {
    key_name: 'laptop',
    user_data: userData,
    hostname: 'web-1.example',
    metadata: { role: 'front' },
    accessIPv4: '192.0.2.7',
    accessIPv6: '2001:0db8:0::192.0.2.7',
  };
  const { id, adminPass } = await server(given);
  const shown = async (client = mia) => (await client.get(`/v2.1/servers/${id}`, newest)).body;
  const seen = {
    key_name: 'laptop',
    config_drive: 'True',
    accessIPv4: '192.0.2.7',
    accessIPv6: '2001:db8::c000:207',
    'OS-EXT-SRV-ATTR:hostname': 'web-1.example',
  };
  expect(await shown()).toMatchObject({ server: seen });
  expect(await shown(anna)).toMatchObject({ server: { 'OS-EXT-SRV-ATTR:user_data': null } });
  const drive = async () => fleet.hypervisors.configDrive(await fleet.client.get(id));
  expect(await drive()).toMatchObject({
    metadata: { hostname: 'web-1.example', project_id: 'id-of-blue', meta: { role: 'front' } },
    digests: { 'openstack/latest/user_data': digest('#!/bin/sh\n') },
  });
  await eventually('it is listed so, and found by it', async () => {
    const { body: listed } = await mia.get('/v2.1/servers/detail?key_name=laptop&hostname=web-1.example', newest);
    expect(listed).toMatchObject({ servers: [{ id, ...seen }] });
    return true;
  });
  expect((await mia.get('/v2.1/servers?key_name=other', newest)).body).toEqual({ servers: [] });
  const rebuilt = { imageRef: debian.id, user_data: null, key_name: null, hostname: 'db', metadata: {}, name: 'db' };
  expect(await act(id, { rebuild: rebuilt })).toMatchObject({
    status: 202,
    body: {
      server: { name: 'db', key_name: null, user_data: null, 'OS-EXT-SRV-ATTR:hostname': 'db', metadata: {} },
    },
  });
  await settled(id);
  expect(await shown()).toMatchObject({ server: { name: 'db', key_name: null, metadata: {} } });
  expect((await drive())?.digests).not.toHaveProperty('openstack/latest/user_data');
  expect(JSON.stringify([await fleet.client.tasks(id), await fleet.client.get(id)])).not.toContain(adminPass);
});

test('files are for older versions, within their bounds', async () => {
  const older = { 'openstack-api-version': 'compute 2.56' };
  const contents = Buffer.from('hello').toString('base64');
  const files = (count: number) => Array.from({ length: count }, (_none, index) => ({ path: `/f${index}`, contents }));
  const made56 = made.parse((await create({ personality: files(2) }, older)).body).server;
  await settled(made56.id);
  expect(await fleet.hypervisors.configDrive(await fleet.client.get(made56.id))).toMatchObject({
    digests: { 'openstack/content/0000': digest('hello'), 'openstack/content/0001': digest('hello') },
  });
  const refused = async (personality: object[]) => (await create({ personality }, older)).body;
  expect(await refused(files(6))).toMatchObject({ forbidden: { message: 'Personality file limit exceeded' } });
  expect(await refused([{ path: '/x', contents: 'A'.repeat(10_244) }])).toMatchObject({
    forbidden: { message: 'Personality file content exceeds maximum 10240' },
  });
  expect(await refused([{ path: `/${'x'.repeat(255)}`, contents }])).toMatchObject({
    forbidden: { message: 'Personality file path exceeds maximum 255' },
  });
});

test('access addresses and, from 2.90 on, the hostname are changed; the name is apart from it', async () => {
  const { id } = await server({ hostname: 'first' });
  const update = (change: object, headers: Readonly<Record<string, string>> = newest) =>
    mia.send('PUT', `/v2.1/servers/${id}`, { server: change }, headers);
  const changed = { accessIPv4: '192.0.2.9', hostname: 'second', name: 'renamed' };
  expect(await update(changed)).toMatchObject({
    status: 200,
    body: { server: { name: 'renamed', accessIPv4: '192.0.2.9', 'OS-EXT-SRV-ATTR:hostname': 'second' } },
  });
  expect(await update({ hostname: 'x.y' }, { 'openstack-api-version': 'compute 2.93' })).toMatchObject({ status: 400 });
  expect(await update({ hostname: 'xy' }, { 'openstack-api-version': 'compute 2.89' })).toMatchObject({
    status: 400,
    body: { badRequest: { message: expect.stringContaining("('hostname' was unexpected)") } },
  });
});

test('an image that was made of a server is found by its id, and another server is made of it', async () => {
  const { id } = await server();
  const { image_id: image } = z
    .object({ image_id: z.string() })
    .parse((await act(id, { createImage: { name: 'golden' } })).body);
  await settled(id);
  expect((await mia.get(`/image/v2/images/${image}`)).body).toMatchObject({
    id: image,
    name: 'golden',
    status: 'active',
  });
  await eventually('it is listed by its name', async () => {
    expect((await mia.get('/image/v2/images?name=golden')).body).toMatchObject({ images: [{ id: image }] });
    return true;
  });
  const copy = made.parse((await create({ imageRef: image })).body).server.id;
  await settled(copy);
  expect(await fleet.client.get(copy)).toMatchObject({ vmState: 'active', image });
  expect(await (await api.as('olga', 'red')).get(`/image/v2/images/${image}`)).toMatchObject({ status: 404 });
});

test.each([
  [{ imageRef: undefined }, 400, 'Missing imageRef attribute'],
  [{ imageRef: 'x' }, 400, "'x' is not valid under any of the given schemas"],
  [{ imageRef: '99999999-9999-4999-8999-999999999999' }, 400, 'Can not find requested image'],
  [{ imageRef: catalogue.images[2].id }, 400, "Flavor's memory is too small for requested image."],
  [{ imageRef: catalogue.images[3].id }, 400, 'is not active.'],
  [{ flavorRef: '12345' }, 400, 'Flavor 12345 could not be found.'],
  [{ name: '' }, 400, "Invalid input for field/attribute name. Value: . '' is too short"],
  [{ name: ' x ' }, 400, 'Can not start or end with whitespace.'],
  [{ networks: undefined }, 400, "'networks' is a required property"],
  [{ networks: 'maybe' }, 400, "'maybe' is not valid under any of the given schemas"],
  [{ min_count: 2, max_count: 1 }, 400, 'min_count must be <= max_count'],
  [{ nope: 1 }, 400, "Additional properties are not allowed ('nope' was unexpected)"],
  [{ personality: [] }, 400, "Additional properties are not allowed ('personality' was unexpected)"],
  [{ key_name: 'nokey' }, 400, 'Invalid key_name provided.'],
  [{ user_data: 'a' }, 400, "Invalid input for field/attribute user_data. Value: a. 'a' is not a 'base64'"],
  [{ user_data: 'x'.repeat(65_536) }, 400, 'is too long'],
  [{ hostname: 'a b' }, 400, "'a b' does not match '^[a-zA-Z0-9-._]*$'"],
  [{ hostname: 'one', max_count: 2 }, 400, 'Unable to allocate a single hostname to multiple instances'],
  [{ accessIPv4: 'here' }, 400, "'here' is not a 'ipv4'"],
  [{ availability_zone: 'moon' }, 400, 'The requested availability zone is not available'],
  [{ availability_zone: 'nova:host-1' }, 403, 'os_compute_api:servers:create:forced_host'],
  [{ min_count: 50, max_count: 50 }, 403, 'Quota exceeded for instances: Requested 50, but already used'],
  [{ metadata: { 'k/': 'v' } }, 400, "'k/' does not match any of the regexes: '^[a-zA-Z0-9-_:. ]{1,255}$'"],
])('%j is refused with %i: %s', async (more, status, message) => {
  const answer = await create(more);
  expect(answer).toMatchObject({ status });
  expect(JSON.stringify(answer.body)).toContain(JSON.stringify(message).slice(1, -1));
});

test('an admin chooses the host, by name or behind the zone', async () => {
  const onHost = async (more: object) => {
    const { id } = made.parse((await create(more, {}, anna)).body).server;
    await settled(id);
    return (await fleet.client.get(id)).residence?.host;
  };
  expect(await onHost({ host: 'host-2' })).toBe('host-2');
  expect(await onHost({ availability_zone: 'nova:host-1' })).toBe('host-1');
});

test('what a project may have is enough for all but one more, and a request that is made again is none more', async () => {
  const { body } = await mia.get('/v2.1/limits', newest);
  const used = z.object({ limits: z.object({ absolute: z.object({ totalInstancesUsed: z.int() }) }) }).parse(body);
  const left = 12 - used.limits.absolute.totalInstancesUsed;
  const key = { 'idempotency-key': 'the last' };
  expect(await create({ name: 'full', min_count: left, max_count: left }, key)).toMatchObject({ status: 202 });
  await eventually('they are listed', async () => {
    expect(await create()).toMatchObject({ status: 403, body: { forbidden: { code: 403 } } });
    return true;
  });
  expect(
    await mia.post('/projects/id-of-blue/servers', { servers: [{ name: 'n', flavor: 'm1.tiny', image: 'cirros' }] }),
  ).toMatchObject({ status: 403, body: { resource: 'instances', limit: 12 } });
  expect(await create({ name: 'full', min_count: left, max_count: left }, key)).toMatchObject({ status: 202 });
});
