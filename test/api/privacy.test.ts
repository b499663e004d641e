/** What is for admins reaches nobody else, by whatever route. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ApiClient, idIn } from './api-client.ts';
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
beforeAll(async () => {
  fleet = await startFleet({ hosts });
  api = await ServedForTest.start(fleet);
  [mia, anna] = await Promise.all([api.as('mia'), api.as('anna')]);
  server = (await fleet.activeInstance({ name: 'ours' }, { projectId: 'id-of-blue', userId: 'id-of-mia' })).id;
  await fleet.activeInstance({ name: 'theirs' }, { projectId: 'id-of-red', userId: 'id-of-olga', actor: 'id-of-olga' });
  const home = (await fleet.client.get(server)).residence?.host ?? '';
  const there = hosts.find((name) => name !== home) ?? '';
  const moved = await anna.post(`/servers/${server}/tasks`, { action: 'LIVE_MOVE', input: { host: there } });
  expect(await fleet.ended(idIn(moved))).toMatchObject({ status: 'COMPLETED' });
  await fleet.hypervisors.misbehave({ unit: 'liveMigrateGuest', direction: 'run', misbehaviour: { kind: 'fail' } });
  const again = await anna.post(`/servers/${server}/tasks`, { action: 'LIVE_MOVE', input: { host: home } });
  failed = idIn(again);
  expect(await fleet.ended(failed)).toMatchObject({ status: 'FAILED' });
  await fleet.hypervisors.behave();
});
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

const described = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** Every route that is described, with its method, its parameters filled in. */
async function routes(): Promise<{ readonly method: string; readonly path: string }[]> {
  const { paths } = described.parse((await new ApiClient(api.url, null).get('/openapi.json')).body);
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      path: template
        .replace('{project}', 'id-of-blue')
        .replace('{id}', template.startsWith('/servers') ? server : failed),
    })),
  );
}

test('no answer to a member, right or wrong, names a host, an original, a stack or another project', async () => {
  await eventually('all is listed', async () =>
    (await anna.get('/server_tasks?all_projects=true')).text.includes(failed),
  );
  const all = await routes();
  expect(all.length).toBeGreaterThan(15);
  const seen = new Set<number>();
  for (const { method, path } of all) {
    const bodies =
      method === 'POST'
        ? [
            undefined,
            {},
            { action: 'LIVE_MOVE', input: { host: 'x' } },
            { action: 'RESIZE', input: { flavor: 'none' } },
          ]
        : [undefined];
    for (const body of bodies) {
      const { status, text } = await mia.send(method, path, body);
      seen.add(status);
      expect({ method, path, status, leak: hiddenWords.exec(text)?.[0] ?? null }).toMatchObject({ leak: null });
      expect(status).toBeLessThan(500);
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
