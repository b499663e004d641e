/** Tokens of an OpenID Connect provider: whoever it vouches for comes in, with the project and the roles that it says. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { createServer, type Server } from 'node:http';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ApiClient } from './api-client.ts';
import { ServedForTest } from './api-process.ts';

const issuer = 'https://sign-in.example.org';
const audience = 'instance-tasks';

let fleet: Fleet;
let keys: Server;
let own: CryptoKey;
let foreign: CryptoKey;
let jwksUri: string;
let api: ServedForTest;
beforeAll(async () => {
  const [pair, other] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
  [own, foreign] = [pair.privateKey, other.privateKey];
  const published = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'own', alg: 'ES256' }] });
  keys = createServer((_, answer) => answer.setHeader('content-type', 'application/json').end(published));
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
  const address = keys.address();
  if (address === null || typeof address === 'string') throw new Error('the keys are served at no port');
  jwksUri = `http://127.0.0.1:${address.port}/keys`;
  fleet = await startFleet({ hosts: ['host-1'] });
  api = await serve(jwksUri);
});
afterAll(async () => {
  await api.close();
  await new Promise((resolve) => keys.close(resolve));
  await fleet.dispose();
});

const serve = (uri: string) =>
  ServedForTest.start(fleet, {
    provider: { issuer, audience, jwksUri: uri, projectClaim: 'project', rolesClaim: 'roles' },
  });

interface Said {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly issuedBy?: string;
  readonly meantFor?: string;
  readonly endsIn?: string | null;
  readonly key?: CryptoKey;
}

const tokenThat = ({ claims, issuedBy = issuer, meantFor = audience, endsIn = '1h', key = own }: Said = {}) => {
  const token = new SignJWT({
    project: 'blue',
    roles: ['member', 'offline_access'],
    preferred_username: 'zoe',
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid: 'own' })
    .setSubject('id-of-zoe')
    .setIssuer(issuedBy)
    .setAudience(meantFor)
    .setIssuedAt();
  return (endsIn === null ? token : token.setExpirationTime(endsIn)).sign(key);
};
const ask = (token: string, at = api) =>
  new ApiClient(at.url, null).get('/server_tasks', { authorization: `Bearer ${token}` });

test('a token of the provider is its holder’s, of their project and with those of their roles that mean something here', async () => {
  const token = await tokenThat();
  expect(await ask(token)).toMatchObject({ status: 200 });
  const zoe = new ApiClient(api.url, token);
  const server = { name: 'of-zoe', flavor: 'm1.tiny', image: 'cirros' };
  const made = await zoe.post('/projects/blue/servers', { servers: [server] });
  expect(made).toMatchObject({ status: 202 });
  const [instance] = (await fleet.client.list({ name: 'of-zoe' })).rows;
  expect(instance).toMatchObject({ projectId: 'blue' });
  expect(await zoe.get('/metrics')).toMatchObject({ status: 403 });
  const reader = new ApiClient(api.url, await tokenThat({ claims: { roles: ['reader'] } }));
  expect(await reader.post('/projects/blue/servers', { servers: [server] })).toMatchObject({
    status: 403,
  });
});

test.each<[string, Said]>([
  ['signed by somebody else', {}],
  ['of another issuer', { issuedBy: 'https://elsewhere.example.org' }],
  ['meant for another service', { meantFor: 'elsewhere' }],
  ['that has ended', { endsIn: '-1m' }],
  ['that never ends', { endsIn: null }],
  ['of no project', { claims: { project: undefined } }],
  ['without a role of ours', { claims: { roles: ['offline_access'] } }],
])('a token %s stands for nobody', async (what, said) => {
  const token = await tokenThat(what === 'signed by somebody else' ? { key: foreign } : said);
  expect(await ask(token)).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
});

test('while the provider’s keys cannot be read nobody is turned away as a stranger', async () => {
  const blind = await serve('http://127.0.0.1:1/keys');
  try {
    const answer = await ask(await tokenThat(), blind);
    expect(answer).toMatchObject({ status: 503, body: { code: 'UNREACHABLE' } });
    // Whoever signs in here needs no provider.
    const mia = await blind.as('mia');
    expect(await mia.get('/server_tasks')).toMatchObject({ status: 200 });
  } finally {
    await blind.close();
  }
});
