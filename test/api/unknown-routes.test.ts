/** Requests that lead nowhere, and words that cannot be looked for. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFleet, type Fleet } from '../support/fleet.ts';
import type { ApiClient } from './api-client.ts';
import { ServedForTest } from './api-process.ts';

let fleet: Fleet;
let api: ServedForTest;
let mia: ApiClient;
beforeAll(async () => {
  fleet = await startFleet({ hosts: [] });
  api = await ServedForTest.start(fleet);
  mia = await api.as('mia');
});
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

test.each([
  ['GET', '/nowhere', 404, 'NOT_FOUND'],
  ['PURGE', '/nowhere', 404, 'NOT_FOUND'],
  ['DELETE', '/server_tasks', 405, 'METHOD_NOT_ALLOWED'],
  ['QUERY', '/servers?name=x', 405, 'METHOD_NOT_ALLOWED'],
  ['GET', `/server_tasks/${'x'.repeat(200)}`, 414, 'BAD_REQUEST'],
  ['GET', '/server_tasks/%ff', 400, 'BAD_REQUEST'],
  ['GET', '/servers?name=a%00b', 400, 'INVALID_INPUT'],
  ['GET', '/server_tasks?limit=many', 400, 'BAD_REQUEST'],
])('%s %s is answered with %i, as a problem', async (method, path, status, code) => {
  const answer = await mia.send(method, path);
  expect(answer).toMatchObject({ status, body: { type: 'about:blank', status, code } });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
});

test('who may only do something else there is told what', async () => {
  const { headers } = await mia.send('DELETE', '/server_tasks');
  expect(headers.get('allow')).toBe('GET, HEAD');
});

test('Nova’s API says so in Nova’s words', async () => {
  expect(await mia.get('/v2.1/nowhere')).toMatchObject({ status: 404, text: expect.stringContaining('404 Not Found') });
});
