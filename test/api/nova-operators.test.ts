/** Nova's API: what operators do, and what clients read besides servers. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import type { ApiClient } from './api-client.ts';
import { catalogue, ServedForTest } from './api-process.ts';

let fleet: Fleet;
let api: ServedForTest;
let mia: ApiClient;
let anna: ApiClient;
let mark: ApiClient;
beforeAll(async () => {
  fleet = await startFleet();
  api = await ServedForTest.start(fleet, { quotas: { instances: 7, vcpus: -1, memoryMb: 4_096 } });
  [mia, anna, mark] = [await api.as('mia'), await api.as('anna'), await api.as('mark')];
});
afterEach(() => fleet.hypervisors.behave());
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

const newest = { 'openstack-api-version': 'compute 2.96' };
const server = async () =>
  (await fleet.activeInstance({ host: 'host-1' }, { projectId: 'id-of-blue', userId: 'id-of-mia' })).id;
const read = async (path: string, client = anna) => client.get(`/v2.1${path}`, newest);
const act = (client: ApiClient, id: string, action: object) =>
  client.post(`/v2.1/servers/${id}/action`, action, newest);

test('a host is disabled and enabled, and declared fenced, as a service', async () => {
  const { services } = z
    .object({ services: z.array(z.looseObject({ id: z.string(), host: z.string() })) })
    .parse((await read('/os-services')).body);
  const { id = '' } = services.find(({ host }) => host === 'host-2') ?? {};
  const change = (body: object, client = anna) => client.send('PUT', `/v2.1/os-services/${id}`, body, newest);
  expect(await change({ status: 'disabled' })).toMatchObject({
    status: 200,
    body: { service: { status: 'disabled' } },
  });
  expect(await fleet.client.host('host-2')).toMatchObject({ maintenance: true });
  expect(await change({ status: 'enabled' })).toMatchObject({ body: { service: { status: 'enabled', state: 'up' } } });
  expect(await change({ forced_down: true })).toMatchObject({ status: 409 });
  expect(await change({ status: 'disabled' }, mia)).toMatchObject({ status: 403 });
  expect(await read('/os-services', mia)).toMatchObject({ status: 403 });
});

test('hypervisors and zones are told of, hosts to admins only', async () => {
  expect((await read('/os-hypervisors/detail')).body).toMatchObject({
    hypervisors: expect.arrayContaining([expect.objectContaining({ hypervisor_hostname: 'host-1', state: 'up' })]),
  });
  expect((await read('/os-availability-zone', mia)).body).toEqual({
    availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true }, hosts: null }],
  });
  expect((await read('/os-availability-zone/detail')).text).toContain('host-2');
});

test('a live migration that is under way is listed, and aborted', async () => {
  const id = await server();
  await fleet.hypervisors.misbehave({ unit: 'liveMigrateGuest', misbehaviour: { kind: 'hang' } });
  expect(await act(mark, id, { 'os-migrateLive': { host: null, block_migration: 'auto' } })).toMatchObject({
    status: 202,
  });
  const migrations = await eventually('it is under way', async () => {
    const { body } = await mark.get(`/v2.1/servers/${id}/migrations`, newest);
    const found = z.object({ migrations: z.array(z.looseObject({ id: z.int(), status: z.string() })).min(1) });
    return found.parse(body).migrations;
  });
  expect(migrations).toMatchObject([{ status: 'running', server_uuid: id }]);
  const number = migrations[0]?.id ?? 0;
  const [task] = (await fleet.client.tasks(id)).filter(({ operation }) => operation === 'liveMigrate');
  await fleet.untilInUnit(task?.id ?? '', 'migrate');
  await fleet.hypervisors.behave();
  const aborted = await eventually('it can be aborted', async () => {
    const answer = await mark.send('DELETE', `/v2.1/servers/${id}/migrations/${number}`, undefined, newest);
    expect(answer.status).not.toBe(400);
    return answer;
  });
  expect([202, 404]).toContain(aborted.status);
  expect((await read(`/os-migrations?instance_uuid=${id}`)).body).toMatchObject({
    migrations: [{ id: number, instance_uuid: id, migration_type: 'live-migration', source_compute: 'host-1' }],
  });
  expect(await mia.get('/v2.1/os-migrations', newest)).toMatchObject({ status: 403 });
});

test('who may not move servers is told by the rule, and a host that is not there is refused', async () => {
  const id = await server();
  expect(await act(mia, id, { migrate: null })).toMatchObject({
    status: 403,
    text: expect.stringContaining('os-migrate-server:migrate'),
  });
  expect(await act(mark, id, { migrate: { host: 'host-2' } })).toMatchObject({
    status: 403,
    text: expect.stringContaining('migrate:host'),
  });
  expect(await act(anna, id, { migrate: { host: 'nowhere' } })).toMatchObject({ status: 400 });
  expect(await act(anna, id, { evacuate: {} })).toMatchObject({
    status: 400,
    text: expect.stringContaining('is still in use'),
  });
});

test('the lock of an admin is not for members to take away', async () => {
  const id = await server();
  await act(anna, id, { lock: null });
  expect(await act(mia, id, { unlock: null })).toMatchObject({
    status: 403,
    text: expect.stringContaining('unlock_override'),
  });
  expect(await mia.post(`/servers/${id}/tasks`, { action: 'UNLOCK' })).toMatchObject({ status: 403 });
  expect(await act(anna, id, { unlock: null })).toMatchObject({ status: 202 });
});

test('actions are paged, found by their request, and show hosts and tracebacks to admins', async () => {
  const id = await server();
  const stopped = await act(mia, id, { 'os-stop': null });
  const requestId = stopped.headers.get('x-compute-request-id') ?? '';
  for (const task of await fleet.client.tasks(id)) await fleet.ended(task);
  const path = `/servers/${id}/os-instance-actions`;
  expect((await read(`${path}?limit=1`, mia)).body).toMatchObject({
    instanceActions: [{ action: 'stop', request_id: requestId, user_id: 'id-of-mia' }],
    links: [{ rel: 'next', href: expect.stringContaining(`marker=${requestId}`) }],
  });
  expect((await read(`${path}?marker=${requestId}`, mia)).body).toMatchObject({
    instanceActions: [{ action: 'create' }],
  });
  const { text } = await read(`${path}/${requestId}`, mia);
  expect(text).toContain('compute_stop_instance');
  expect(text).not.toMatch(/host-1|traceback/);
  expect((await read(`${path}/${requestId}`)).text).toMatch(/"host":"host-1"/);
  expect(await read(`${path}/req-unknown`, mia)).toMatchObject({ status: 404 });
  expect(await read(`${path}?nope=1`, mia)).toMatchObject({ status: 400 });
});

test('limits tell what is used and what may be', async () => {
  const { instances } = { instances: 7 };
  const { body } = await read('/limits', mia);
  expect(body).toMatchObject({
    limits: { absolute: { maxTotalInstances: instances, maxTotalCores: -1, totalInstancesUsed: expect.any(Number) } },
  });
  expect(await read('/os-quota-sets/id-of-red', mia)).toMatchObject({ status: 403 });
});

test('volumes and interfaces are attached, listed and detached', async () => {
  const id = await server();
  const volumeId = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc';
  await fleet.hypervisors.makeVolume(volumeId);
  const attachments = `/v2.1/servers/${id}/os-volume_attachments`;
  expect(await mia.post(attachments, { volumeAttachment: { volumeId } }, newest)).toMatchObject({
    status: 200,
    body: { volumeAttachment: { volumeId, device: '/dev/vdb', serverId: id } },
  });
  await eventually('it is attached', async () => {
    expect((await mia.get(attachments, newest)).body).toMatchObject({ volumeAttachments: [{ volumeId }] });
    return true;
  });
  expect(await mia.send('DELETE', `${attachments}/${volumeId}`, undefined, newest)).toMatchObject({ status: 202 });
  for (const task of await fleet.client.tasks(id)) await fleet.ended(task);
  const interfaces = `/v2.1/servers/${id}/os-interface`;
  const [network] = catalogue.networks;
  const attached = await mia.post(
    interfaces,
    { interfaceAttachment: { net_id: network.id, fixed_ips: [{ ip_address: '10.0.0.7' }] } },
    newest,
  );
  expect(attached).toMatchObject({ status: 200, body: { interfaceAttachment: { net_id: network.id } } });
  expect((await mia.get(`/v2.1/servers/${id}`, newest)).body).toMatchObject({
    server: { addresses: { private: [{ addr: '10.0.0.7' }] } },
  });
  const { port_id: port } = z
    .object({ interfaceAttachment: z.looseObject({ port_id: z.string() }) })
    .parse(attached.body).interfaceAttachment;
  expect(await mia.send('DELETE', `${interfaces}/${port}`, undefined, newest)).toMatchObject({ status: 202 });
});

test('flavors, images and networks are those of the catalogue', async () => {
  expect((await read('/flavors?limit=2', mia)).body).toMatchObject({
    flavors: [{ id: '1' }, { id: '2' }],
    flavors_links: [{ href: expect.stringContaining('marker=2') }],
  });
  expect((await read('/flavors/detail?minRam=8192', mia)).body).toMatchObject({ flavors: [{ id: '4' }, { id: '5' }] });
  expect((await mia.get('/image/v2/images?name=cirros')).body).toMatchObject({
    images: [{ id: catalogue.images[0].id }],
  });
  expect((await mia.get('/network/v2.0/networks')).body).toMatchObject({
    networks: [{ name: 'private', subnets: [expect.any(String)] }, { name: 'modern' }],
  });
  // Clients that know one address only look for images there, without a version.
  expect((await mia.get(`/v2.1/images/${catalogue.images[0].id}`)).body).toMatchObject({ name: 'cirros' });
  expect(await read('/images', mia)).toMatchObject({ status: 404 });
});

test('the project may stand in the path, and must be that of the token', async () => {
  const { body } = await mia.get('/v2.1/id-of-blue/servers?limit=1', newest);
  expect(JSON.stringify(body)).toContain('/v2.1/id-of-blue/servers/');
  expect(await mia.get('/v2.1/id-of-red/servers', newest)).toMatchObject({ status: 400 });
});
