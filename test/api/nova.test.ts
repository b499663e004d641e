/** Nova's API: what its clients find out before anything else, and how they are answered when something is wrong. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ApiClient } from './api-client.ts';
import { ServedForTest } from './api-process.ts';

let fleet: Fleet;
let api: ServedForTest;
let anonymous: ApiClient;
let mia: ApiClient;
beforeAll(async () => {
  fleet = await startFleet();
  api = await ServedForTest.start(fleet);
  anonymous = new ApiClient(api.url, null);
  mia = await api.as('mia');
});
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

const asking = (version: string) => ({ 'openstack-api-version': version });

test('whoever asks is told which versions there are', async () => {
  const version = { id: 'v2.1', status: 'CURRENT', min_version: '2.1', version: '2.96' };
  expect((await anonymous.get('/')).body).toMatchObject({ versions: [version] });
  for (const path of ['/v2.1', '/v2.1/']) {
    const { status, body } = await anonymous.get(path);
    expect(status).toBe(200);
    expect(body).toMatchObject({ version: { ...version, links: [{ rel: 'self', href: `${api.url}/v2.1/` }, {}] } });
  }
});

test.each([
  ['nothing', {}, '2.1'],
  ['a version', asking('compute 2.90'), '2.90'],
  ['the newest', asking('compute latest'), '2.96'],
  ['a version in the older header', { 'x-openstack-nova-api-version': '2.42' }, '2.42'],
  ['both', { ...asking('Compute 2.30'), 'x-openstack-nova-api-version': '2.42' }, '2.30'],
  ['several, of which the last counts', asking('compute 2.5, volume 3.0, compute 2.6'), '2.6'],
  ['one of another service', asking('volume 3.27'), '2.1'],
])('a request that asks for %s is answered in the version it gets', async (_, headers, version) => {
  const { status, headers: answered } = await anonymous.get('/v2.1/', headers);
  expect(status).toBe(200);
  expect(answered.get('openstack-api-version')).toBe(`compute ${version}`);
  expect(answered.get('x-openstack-nova-api-version')).toBe(version);
  expect(answered.get('vary')).toBe('OpenStack-API-Version, X-OpenStack-Nova-API-Version');
  expect(answered.get('x-compute-request-id')).toMatch(/^req-[0-9a-f-]{36}$/);
  expect(answered.get('x-openstack-request-id')).toBe(answered.get('x-compute-request-id'));
});

test.each(['2.97', '2.0', '3.0', '2.999'])('version %s is not served', async (version) => {
  const { status, body, headers } = await anonymous.get('/v2.1/', asking(`compute ${version}`));
  expect(status).toBe(406);
  expect(body).toMatchObject({ computeFault: { code: 406 } });
  expect(headers.get('openstack-api-version')).toBe(`compute ${version}`);
});

test.each(['abc', '2.1.1', '2', '02.1'])('%s is no version', async (word) => {
  const { status, body, headers } = await anonymous.get('/v2.1/', asking(`compute ${word}`));
  expect(status).toBe(400);
  expect(body).toMatchObject({ badRequest: { code: 400 } });
  expect(headers.has('openstack-api-version')).toBe(false);
});

test('what is not there, and who says nothing of themselves, is told so as by Nova', async () => {
  expect(await mia.get('/v2.1/nothing')).toMatchObject({
    status: 404,
    text: expect.stringContaining('could not be found'),
  });
  expect(await anonymous.get('/v2.1/nothing')).toMatchObject({ status: 401, body: { unauthorized: { code: 401 } } });
});
