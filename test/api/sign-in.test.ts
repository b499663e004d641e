/** Who may come in, and with what. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ApiClient } from './api-client.ts';
import { passwordOf, ServedForTest } from './api-process.ts';

let fleet: Fleet;
let api: ServedForTest;
let anonymous: ApiClient;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
  api = await ServedForTest.start(fleet);
  anonymous = new ApiClient(api.url, null);
});
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

const password = (name: string, word = passwordOf(name), scope: object = {}) =>
  anonymous.post('/v3/auth/tokens', {
    auth: {
      identity: { methods: ['password'], password: { user: { name, password: word, domain: { id: 'default' } } } },
      ...scope,
    },
  });
const credential = (secret: string) =>
  anonymous.post('/v3/auth/tokens', {
    auth: { identity: { methods: ['application_credential'], application_credential: { id: 'credential', secret } } },
  });
const tokenOf = ({ headers }: { readonly headers: Headers }): string => headers.get('x-subject-token') ?? '';

describe('a password', () => {
  test('is answered with a token of the project, its roles and the catalogue', async () => {
    const answer = await password('mia');
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      token: {
        methods: ['password'],
        user: { id: 'id-of-mia', name: 'mia' },
        project: { id: 'id-of-blue', name: 'blue' },
        roles: [{ name: 'member' }, { name: 'reader' }],
        catalog: expect.arrayContaining([expect.objectContaining({ type: 'compute' })]),
      },
    });
    expect((await new ApiClient(api.url, tokenOf(answer)).get('/server_tasks')).status).toBe(200);
  });

  test.each([
    ['a wrong one', 'mia', 'wrong'],
    ['that of nobody', 'nobody', 'ydobon'],
  ])('%s is refused in words that tell nothing', async (_what, name, word) => {
    const answer = await password(name, word);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
    });
  });

  test('of a user with several projects takes the name of one, and only of theirs', async () => {
    expect((await password('olga')).status).toBe(401);
    const scope = (name: string) => ({ scope: { project: { name, domain: { id: 'default' } } } });
    expect((await password('olga', undefined, scope('green'))).body).toMatchObject({
      token: { project: { name: 'green' } },
    });
    expect((await password('olga', undefined, scope('blue'))).status).toBe(401);
  });
});

describe('an application credential', () => {
  test('is no more than it was made for, also when a token of it is exchanged', async () => {
    const answer = await credential('s3cret');
    expect(answer.body).toMatchObject({ token: { project: { name: 'blue' }, roles: [{ name: 'reader' }] } });
    const exchanged = await anonymous.post('/v3/auth/tokens', {
      auth: { identity: { methods: ['token'], token: { id: tokenOf(answer) } } },
    });
    expect(exchanged.body).toMatchObject({ token: { roles: [{ name: 'reader' }] } });
  });

  test('with another secret is none', async () => {
    expect((await credential('secret')).status).toBe(401);
  });
});

describe('without a token', () => {
  test.each(['/server_tasks', '/servers/x/tasks', '/no-such-thing', '/v3/auth/projects'])(
    '%s is closed',
    async (path) => {
      const { status, headers } = await anonymous.get(path);
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    },
  );

  test.each(['', 'nonsense', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJpZC1vZi1hbm5hIn0.'])(
    'the token "%s" is none',
    async (token) => {
      expect((await new ApiClient(api.url, token).get('/server_tasks')).status).toBe(401);
      expect((await anonymous.get('/server_tasks', { authorization: `Bearer ${token}` })).status).toBe(401);
    },
  );

  test('health can be asked for', async () => {
    expect((await anonymous.get('/healthz')).body).toEqual({ status: 'ok' });
    expect((await anonymous.get('/readyz')).body).toEqual({ status: 'ok' });
  });
});

test('a token also comes as a bearer', async () => {
  const token = tokenOf(await password('mia'));
  expect((await anonymous.get('/server_tasks', { authorization: `Bearer ${token}` })).status).toBe(200);
});

test('a token tells of itself to its owner and to admins, and to nobody else', async () => {
  const token = tokenOf(await password('mia'));
  const ask = (client: ApiClient) => client.get('/v3/auth/tokens', { 'x-subject-token': token });
  expect((await ask(new ApiClient(api.url, token))).body).toMatchObject({ token: { user: { name: 'mia' } } });
  expect((await ask(await api.as('anna'))).status).toBe(200);
  expect((await ask(await api.as('rita'))).status).toBe(403);
});

test('whoever asks too often is asked to wait', async () => {
  const slow = await ServedForTest.start(fleet, { requestsPerMinute: 3 });
  try {
    const client = new ApiClient(slow.url, null);
    const statuses: number[] = [];
    for (let time = 1; time <= 5; time += 1) statuses.push((await client.get('/healthz')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  } finally {
    await slow.close();
  }
});
