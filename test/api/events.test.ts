/** What becomes of a task, as a stream of events over HTTP. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { idIn, type ApiClient } from './api-client.ts';
import { ServedForTest } from './api-process.ts';
import { readEvents, type ServerSentEvent } from './event-stream.ts';

let fleet: Fleet;
let api: ServedForTest;
let mia: ApiClient;
beforeAll(async () => {
  fleet = await startFleet();
  api = await ServedForTest.start(fleet);
  mia = await api.as('mia');
});
afterEach(() => fleet.hypervisors.behave());
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

async function resize(): Promise<string> {
  const { id } = await fleet.activeInstance({ host: 'host-1' }, { projectId: 'id-of-blue' });
  return idIn(await mia.post(`/servers/${id}/tasks`, { action: 'RESIZE', input: { flavor: 'm1.medium' } }));
}
const eventsOf = (task: string, client = mia) => readEvents(client, `/server_tasks/${task}/events`);
const transitions = (events: readonly ServerSentEvent[]) => events.filter(({ event }) => event !== 'progress');

async function all(events: AsyncGenerator<ServerSentEvent>): Promise<ServerSentEvent[]> {
  const seen: ServerSentEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

test('a watcher sees every step begin and end, then the task as it ended, and the stream is over', async () => {
  const task = await resize();
  const events = transitions(await all(eventsOf(task)));
  const { items } = await fleet.client.task(task);
  const ran = items.filter(({ state }) => state !== 'SKIPPED').map(({ step }) => step);
  const steps = (state: string) =>
    events
      .flatMap(({ event, data }) => (event === 'step' ? [data as { step: string; state: string }] : []))
      .filter((each) => each.state === state)
      .map(({ step }) => step);
  expect(steps('RUNNING')).toEqual(ran);
  expect(steps('COMPLETED')).toEqual(ran);
  expect(events.at(-1)).toMatchObject({
    event: 'ended',
    data: { task: { id: task, action: 'RESIZE', state: 'COMPLETED' } },
  });
  expect(JSON.stringify(events)).not.toMatch(/host-[12]/);
});

test('whoever comes back with the id of any event sees what came after it, all of it and nothing twice', async () => {
  const task = await resize();
  const events = transitions(await all(eventsOf(task)));
  for (const [index, { id }] of events.entries()) {
    const rest = transitions(await all(readEvents(mia, `/server_tasks/${task}/events`, { lastEventId: id })));
    expect(rest.map((event) => event.id)).toEqual(events.slice(index + 1).map((event) => event.id));
  }
});

test('a watcher goes on where it was when the API was restarted', async () => {
  const first = await ServedForTest.start(fleet);
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'copyDisk',
    misbehaviour: { kind: 'delay', duration: '1h' },
  });
  const task = await resize();
  const seen: ServerSentEvent[] = [];
  const early = eventsOf(task, await first.as('mia'));
  for await (const event of early) {
    if (event.event !== 'progress') seen.push(event);
    if (event.event === 'step' && (event.data as { step: string }).step === 'copyDisk') break;
  }
  await first.close();
  await letGo();
  await fleet.ended(task);
  const lastEventId = seen.at(-1)?.id ?? '';
  seen.push(...transitions(await all(readEvents(mia, `/server_tasks/${task}/events`, { lastEventId }))));
  const whole = transitions(await all(eventsOf(task)));
  expect(seen.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
});

test('an API that ends does not wait for those who watch', async () => {
  const served = await ServedForTest.start(fleet);
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'copyDisk',
    misbehaviour: { kind: 'delay', duration: '1h' },
  });
  const task = await resize();
  const events = eventsOf(task, await served.as('mia'));
  await events.next();
  await served.close();
  await expect(all(events)).resolves.toEqual(expect.any(Array));
  await letGo();
  await fleet.ended(task);
});

test.each(['nonsense', '12/', '-1'])('the id "%s", which no event has, is refused', async (lastEventId) => {
  const task = await resize();
  const { status, body } = await mia.get(`/server_tasks/${task}/events`, { 'last-event-id': lastEventId });
  expect(status).toBe(400);
  expect(body).toMatchObject({ detail: expect.stringContaining('Last-Event-ID') });
  await fleet.ended(task);
});

test('the events of another project are not there', async () => {
  const task = await resize();
  expect((await (await api.as('olga', 'red')).get(`/server_tasks/${task}/events`)).status).toBe(404);
  await fleet.ended(task);
});
