/** What becomes of servers, as streams of events over HTTP. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFleet, type Fleet } from '../support/fleet.ts';
import type { ApiClient } from './api-client.ts';
import { ServedForTest } from './api-process.ts';
import { readEvents, type ServerSentEvent } from './event-stream.ts';

let fleet: Fleet;
let api: ServedForTest;
let mia: ApiClient;
let olga: ApiClient;
beforeAll(async () => {
  fleet = await startFleet();
  api = await ServedForTest.start(fleet);
  [mia, olga] = [await api.as('mia'), await api.as('olga', 'red')];
});
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

const server = async (projectId = 'id-of-blue') => (await fleet.activeInstance({ host: 'host-1' }, { projectId })).id;

interface Shown {
  readonly id: string;
  readonly virt_state: string;
}
const shown = ({ data }: ServerSentEvent) => data as Shown;

/** The events until one of them shows that. */
async function until(events: AsyncGenerator<ServerSentEvent>, isWanted: (server: Shown) => boolean) {
  const seen: ServerSentEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (isWanted(shown(event))) return seen;
  }
  throw new Error(`the stream ended after ${seen.map((event) => shown(event).virt_state).join(', ')}`);
}

test('a watcher of a server sees what it is, what it becomes, and the end when it is deleted', async () => {
  const id = await server();
  const stream = readEvents(mia, `/servers/${id}/events`);
  const first = await stream.next();
  expect(first).toMatchObject({ value: { event: 'server', data: { id, virt_state: 'ACTIVE' } } });
  await fleet.run('stop', id, {});
  const stopped = await until(stream, ({ virt_state }) => virt_state === 'STOPPED');
  expect(JSON.stringify(stopped)).not.toContain('host-1');
});

test('a stream of a server is over when it is deleted', async () => {
  const id = await server();
  const seen: ServerSentEvent[] = [];
  const stream = readEvents(mia, `/servers/${id}/events`);
  await stream.next();
  await fleet.run('delete', id, {});
  for await (const event of stream) seen.push(event);
  expect(seen.map((event) => shown(event).virt_state).at(-1)).toBe('DELETED');
});

test('a watcher of a project sees all of its servers, nothing of others, and misses nothing when it comes back', async () => {
  const [one, other, foreign] = [await server(), await server(), await server('id-of-red')];
  const controller = new AbortController();
  const stream = readEvents(mia, '/projects/id-of-blue/events', { signal: controller.signal });
  const coming = stream.next();
  await fleet.run('stop', one, {});
  const { value } = (await coming) as { readonly value: ServerSentEvent };
  controller.abort();
  await fleet.run('stop', foreign, {});
  await fleet.run('pause', other, {});
  await fleet.run('delete', one, {});
  const rest = readEvents(mia, '/projects/id-of-blue/events', { lastEventId: value.id });
  const seen = await until(rest, ({ id, virt_state }) => id === one && virt_state === 'DELETED');
  expect(seen.map((event) => shown(event).id)).toContain(other);
  expect(seen.map((event) => shown(event).id)).not.toContain(foreign);
});

test('streams of what is not there for the caller, and behind what is no event, are refused', async () => {
  const id = await server();
  expect(await olga.get(`/servers/${id}/events`)).toMatchObject({ status: 404 });
  expect(await olga.get('/projects/id-of-blue/events')).toMatchObject({ status: 404 });
  expect(await mia.get(`/servers/${id}/events`, { 'last-event-id': 'yesterday' })).toMatchObject({ status: 400 });
});
