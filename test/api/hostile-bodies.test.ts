/** Bodies that no client of good faith sends are refused by whatever route takes one, and hurt nobody. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFleet, type Fleet } from '../support/fleet.ts';
import type { ApiClient } from './api-client.ts';
import { ServedForTest } from './api-process.ts';

const bodyLimitBytes = 65_536;

let fleet: Fleet;
let api: ServedForTest;
let anna: ApiClient;
let server: string;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
  api = await ServedForTest.start(fleet, { bodyLimitBytes });
  anna = await api.as('anna');
  server = (await fleet.activeInstance({ name: 'unharmed' })).id;
});
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

const deep = 30_000;
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const json = 'application/json';
/** What is sent, as what. */
const hostile: readonly (readonly [string, Buffer, string])[] = [
  ['cut off', Buffer.from('{"server": {"name":'), json],
  ['no JSON at all', Buffer.from('<server name="x"/>'), json],
  ['of another media type', Buffer.from('<server name="x"/>'), 'application/xml'],
  ['of no known media type', Buffer.from('{}'), 'a media type'],
  ['nested too deep', Buffer.from(`${'['.repeat(deep)}${']'.repeat(deep)}`), json],
  ['objects nested too deep', Buffer.from(`${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`), json],
  ['larger than the limit', Buffer.from(JSON.stringify({ name: 'x'.repeat(bodyLimitBytes) })), json],
  ['in UTF-16', Buffer.from('{"reboot": {"type": "HARD"}}', 'utf16le'), json],
  ['no UTF-8', latin1('{"server": {"name": "caf\u00e9"}, "metadata": {"a": "\u00e9"}, "tags": ["\u00e9"]}'), json],
  ['no UTF-8, with an action', latin1('{"lock": {"locked_reason": "\u00e9"}}'), json],
  ['no UTF-8, with a task', latin1('{"action": "REBOOT", "reason": "\u00e9"}'), json],
  ['after a prototype', Buffer.from('{"__proto__": {"isAdmin": true}}'), json],
  ['an array', Buffer.from('[]'), json],
  ['a number', Buffer.from('12'), json],
  ['a string with a NUL', Buffer.from('{"server": {"name": "a\\u0000b"}, "action": "\\u0000"}'), json],
  ['numbers that no one can hold', Buffer.from('{"action": 1e999, "server": {"min_count": 1e400}}'), json],
];

const newest = { 'openstack-api-version': 'compute 2.96' };
const withBody = ['POST', 'PUT', 'PATCH'];
/** A tag is all in its address: what else is sent is not looked at. */
const takesNoBody = /\/tags\/:\w+$/;
const routes = () =>
  api.routes
    .filter(({ method, path }) => withBody.includes(method) && !path.includes('*') && !takesNoBody.test(path))
    .map(({ method, path }) => ({
      method,
      path: path
        .replace(/:project(_id)?/, 'id-of-admin')
        .replace(':id', server)
        .replace(/:\w+/g, 'x'),
    }));

test.each(hostile)('a body that is %s is refused by every route', async (_what, body, type) => {
  const all = routes();
  expect(all.length).toBeGreaterThan(20);
  const taken: string[] = [];
  for (const { method, path } of all) {
    const answer = await anna.open(method, path, body, { ...newest, 'content-type': type });
    const text = await answer.text();
    const isRefused = (answer.status >= 400 && answer.status < 500) || answer.status === 501;
    if (!isRefused) taken.push(`${method} ${path}: ${answer.status} ${text}`);
  }
  expect(taken).toEqual([]);
});

test('and nothing has become of the server, nor of the API', async () => {
  expect(await anna.get('/healthz')).toMatchObject({ status: 200 });
  expect((await fleet.client.tasks(server)).map(({ operation }) => operation)).toEqual(['create']);
  expect(await fleet.client.get(server)).toMatchObject({ vmState: 'active', name: 'unharmed' });
  expect((await fleet.client.list({})).rows).toHaveLength(1);
});
