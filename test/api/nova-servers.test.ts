/** Nova's API: servers are shown and acted upon, each action a task. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { eventually } from '../support/eventually.ts';
import type { ApiClient } from './api-client.ts';
import { ServedForTest } from './api-process.ts';

let fleet: Fleet;
let api: ServedForTest;
let mia: ApiClient;
let rita: ApiClient;
let olga: ApiClient;
let anna: ApiClient;
beforeAll(async () => {
  fleet = await startFleet();
  api = await ServedForTest.start(fleet);
  [mia, rita, olga, anna] = [
    await api.as('mia'),
    await api.as('rita'),
    await api.as('olga', 'red'),
    await api.as('anna'),
  ];
});
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

/** A server of the project blue that runs. */
async function server(): Promise<string> {
  return (await fleet.activeInstance({ host: 'host-1' }, { projectId: 'id-of-blue', userId: 'id-of-mia' })).id;
}
const speaking = (version: string) => ({ 'openstack-api-version': `compute ${version}` });
const act = (client: ApiClient, id: string, body: unknown) => client.post(`/v2.1/servers/${id}/action`, body);

test('a server is shown as the version has it, and hosts to admins only', async () => {
  const id = await server();
  const { body } = await mia.get(`/v2.1/servers/${id}`, speaking('2.96'));
  expect(body).toMatchObject({
    server: {
      id,
      status: 'ACTIVE',
      tenant_id: 'id-of-blue',
      user_id: 'id-of-mia',
      created: expect.stringMatching(/^[-\d]{10}T[:\d]{8}Z$/),
      hostId: expect.stringMatching(/^[\da-f]{56}$/),
      flavor: { original_name: expect.any(String) },
      locked: false,
      tags: [],
      'OS-EXT-STS:vm_state': 'active',
      'OS-EXT-STS:power_state': 1,
      'OS-SRV-USG:launched_at': expect.stringMatching(/^[-\d]{10}T[:\d]{8}\.\d{6}$/),
    },
  });
  expect(JSON.stringify(body)).not.toContain('host-1');
  expect((await anna.get(`/v2.1/servers/${id}`)).body).toMatchObject({ server: { 'OS-EXT-SRV-ATTR:host': 'host-1' } });
  const { text } = await mia.get(`/v2.1/servers/${id}`);
  expect(text).not.toMatch(/"(locked|tags|description|original_name)"/);
});

test('an action is a task under the id of its request, and is refused in a state that it does not start from', async () => {
  const id = await server();
  const stopped = await act(mia, id, { 'os-stop': null });
  expect(stopped).toMatchObject({ status: 202, text: '' });
  await eventually('it is stopped', async () => {
    expect((await mia.get(`/v2.1/servers/${id}`)).body).toMatchObject({ server: { status: 'SHUTOFF' } });
    return true;
  });
  const [action] = await fleet.client.instanceActions(id);
  expect(action).toMatchObject({ action: 'stop', requestId: stopped.headers.get('x-compute-request-id') });
  const message = `Cannot 'stop' instance ${id} while it is in vm_state stopped`;
  expect(await act(mia, id, { 'os-stop': null })).toMatchObject({
    status: 409,
    body: { conflictingRequest: { code: 409, message } },
  });
});

test('a lock holds off all but admins', async () => {
  const id = await server();
  const isLocked = () =>
    eventually('its lock is shown', async () => {
      const { body } = await mia.get(`/v2.1/servers/${id}`, speaking('2.73'));
      expect(body).toMatchObject({ server: { locked: true, locked_reason: 'audit' } });
      return true;
    });
  expect((await act(mia, id, { lock: { locked_reason: 'audit' } })).status).toBe(202);
  await isLocked();
  const message = `Instance ${id} is locked`;
  expect(await act(mia, id, { pause: null })).toMatchObject({ status: 409, body: { conflictingRequest: { message } } });
  expect((await act(anna, id, { pause: null })).status).toBe(202);
});

test('what is no action is refused', async () => {
  const id = await server();
  for (const body of [
    {},
    { nothing: null },
    { pause: null, unpause: null },
    { reboot: { type: 1 } },
    { reboot: null },
    [],
  ])
    expect(await act(mia, id, body)).toMatchObject({ status: 400, body: { badRequest: { code: 400 } } });
  expect(await act(rita, id, { pause: null })).toMatchObject({ status: 403, body: { forbidden: { code: 403 } } });
});

test('the servers of others are not there, nor are those that were deleted', async () => {
  const id = await server();
  const absent = (of: string) => ({
    status: 404,
    body: { itemNotFound: { code: 404, message: `Instance ${of} could not be found.` } },
  });
  expect(await olga.get(`/v2.1/servers/${id}`)).toMatchObject(absent(id));
  expect(await act(olga, id, { pause: null })).toMatchObject(absent(id));
  expect(await olga.send('DELETE', `/v2.1/servers/${id}`)).toMatchObject(absent(id));
  const nowhere = randomUUID();
  expect(await mia.get(`/v2.1/servers/${nowhere}`)).toMatchObject(absent(nowhere));
  expect((await mia.send('DELETE', `/v2.1/servers/${id}`)).status).toBe(204);
  await eventually('it is gone', async () => {
    expect(await mia.get(`/v2.1/servers/${id}`)).toMatchObject(absent(id));
    return true;
  });
});
