/** What is for admins reaches nobody else, by whatever route. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ed25519Key } from '../support/ssh-keys.ts';
import type { ApiClient } from './api-client.ts';
import { idIn } from './api-client.ts';
import { ServedForTest } from './api-process.ts';
import { readEvents } from './event-stream.ts';

/** Names that occur nowhere else. */
const hosts = ['hidden-host-a', 'hidden-host-b'];
const hiddenWords = /hidden-host|file:\/\/|\.ts:\d+|id-of-olga|id-of-red/;

let fleet: Fleet;
let api: ServedForTest;
let mia: ApiClient;
let anna: ApiClient;
/** A server that was moved by an admin and failed to be moved again; a task of it that failed; one that runs into another. */
let server: string;
let failed: string;
let requestId: string;
const newest = { 'openstack-api-version': 'compute latest' };
beforeAll(async () => {
  fleet = await startFleet({ hosts });
  api = await ServedForTest.start(fleet);
  [mia, anna] = await Promise.all([api.as('mia'), api.as('anna')]);
  server = (await fleet.activeInstance({ name: 'ours' }, { projectId: 'id-of-blue', userId: 'id-of-mia' })).id;
  await fleet.client.keyPairs('id-of-olga').import('theirs', ed25519Key.publicKey);
  await fleet.activeInstance(
    { name: 'theirs', key: 'theirs', hostname: 'id-of-olga.example', userData: 'aWQtb2Ytb2xnYQ==' },
    { projectId: 'id-of-red', userId: 'id-of-olga', actor: 'id-of-olga' },
  );
  const home = (await fleet.client.get(server)).residence?.host ?? '';
  const there = hosts.find((name) => name !== home) ?? '';
  const moved = await anna.post(`/servers/${server}/tasks`, { action: 'LIVE_MOVE', input: { host: there } });
  expect(await fleet.ended(idIn(moved))).toMatchObject({ status: 'COMPLETED' });
  await fleet.hypervisors.misbehave({ unit: 'liveMigrateGuest', direction: 'run', misbehaviour: { kind: 'fail' } });
  const again = await anna.post(`/servers/${server}/tasks`, { action: 'LIVE_MOVE', input: { host: home } });
  failed = idIn(again);
  expect(await fleet.ended(failed)).toMatchObject({ status: 'FAILED' });
  await fleet.hypervisors.behave();
  ({ requestId } = await fleet.client.task(failed));
});
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

/** Of each route, with its parameters filled in; signing in is of those who have no rights yet. */
function routes(): { readonly method: string; readonly path: string }[] {
  return api.routes
    .filter(({ method, path }) => method !== 'HEAD' && !path.startsWith('/v3') && !path.includes('*'))
    .map(({ method, path }) => ({
      method,
      path: path
        .replace(':project_id', 'id-of-blue')
        .replace(':project', 'id-of-blue')
        .replace(':request', requestId)
        .replace(':id', path.includes('server_tasks') ? failed : server)
        .replace(/:\w+/g, 'x'),
    }));
}

/** What may be sent to some route or other. */
const bodies = [
  undefined,
  {},
  { action: 'LIVE_MOVE', input: { host: 'x' } },
  { action: 'RESIZE', input: { flavor: 'none' } },
  { 'os-migrateLive': { host: 'x', block_migration: 'auto' } },
  { evacuate: {} },
  { unrescue: null },
  { server: { name: 'n', flavorRef: '99', imageRef: '', networks: 'none' } },
  { keypair: { name: 'n', public_key: 'no key', user_id: 'id-of-olga' } },
  { keypair: { name: 'own', public_key: ed25519Key.publicKey } },
  { server: { name: 'n', flavorRef: '1', imageRef: '', networks: 'none', key_name: 'theirs', user_data: 'a' } },
  { interfaceAttachment: { net_id: '55555555-5555-4555-8555-555555555556' } },
];

/** What a stream begins with: some have no end. */
async function firstOf(path: string): Promise<{ readonly status: number; readonly text: string }> {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1_500);
  let text = '';
  for await (const { data } of readEvents(mia, path, { signal: controller.signal })) text += JSON.stringify(data);
  return { status: 200, text };
}

test('no answer to a member, right or wrong, names a host, an original, a stack or another project', async () => {
  await eventually('all is listed', async () =>
    (await anna.get('/server_tasks?all_projects=true')).text.includes(failed),
  );
  // Whatever deletes the server comes last.
  const all = routes().sort((one, other) => Number(one.method === 'DELETE') - Number(other.method === 'DELETE'));
  expect(all.length).toBeGreaterThan(150);
  const seen = new Set<number>();
  for (const { method, path } of all) {
    for (const body of method === 'GET' || method === 'DELETE' ? [undefined] : bodies) {
      const { status, text } = path.endsWith('/events')
        ? await firstOf(path)
        : await mia.send(method, path, body, newest);
      seen.add(status);
      expect({ method, path, status, leak: hiddenWords.exec(text)?.[0] ?? null }).toMatchObject({ leak: null });
      expect([500, 502, 503]).not.toContain(status);
    }
  }
  expect([...seen]).toEqual(expect.arrayContaining([200, 400, 403]));
});

test('an admin sees what is hidden from members, so that the words are there to be found', async () => {
  const { text } = await anna.get(`/server_tasks/${failed}`);
  expect(text).toMatch(/hidden-host/);
  expect((await anna.get('/servers?all_projects=true')).text).toMatch(/id-of-red/);
});

test('no event of a failed task says to a member what only admins may know', async () => {
  let text = '';
  for await (const { data } of readEvents(mia, `/server_tasks/${failed}/events`)) text += JSON.stringify(data);
  expect(text).toContain('HYPERVISOR_ERROR');
  expect(text).not.toMatch(hiddenWords);
});
