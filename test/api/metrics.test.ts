/** What Prometheus is told of the API. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ServedForTest } from './api-process.ts';
import { readEvents } from './event-stream.ts';

let fleet: Fleet;
let api: ServedForTest;
beforeAll(async () => {
  fleet = await startFleet();
  api = await ServedForTest.start(fleet);
});
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

test('admins read how long requests take, by route and not by what was asked for', async () => {
  const [anna, mia] = [await api.as('anna'), await api.as('mia')];
  const { id } = await fleet.activeInstance({}, { projectId: 'id-of-blue' });
  await mia.get(`/servers/${id}`);
  await mia.get('/servers/nobody');
  const { text, headers } = await anna.get('/metrics');
  expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(text).toMatch(/http_request_duration_seconds_count\{method="GET",route="\/servers\/:id",status="200"\} 1/);
  expect(text).toMatch(/http_request_duration_seconds_count\{method="GET",route="\/servers\/:id",status="404"\} 1/);
  expect(text).not.toContain(id);
  expect(await mia.get('/metrics')).toMatchObject({ status: 403 });
});

test('streams of events are counted while they are open', async () => {
  const [anna, mia] = [await api.as('anna'), await api.as('mia')];
  const { id } = await fleet.activeInstance({}, { projectId: 'id-of-blue' });
  const stream = readEvents(mia, `/servers/${id}/events`);
  await stream.next();
  expect((await anna.get('/metrics')).text).toMatch(/^http_event_streams 1$/m);
  await stream.return(undefined);
});
