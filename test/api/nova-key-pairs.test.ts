/** Nova's API: key pairs. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { mostKeyPairs } from '../../src/model/key-pair.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ed25519Key } from '../support/ssh-keys.ts';
import { historyOf } from '../support/written.ts';
import type { ApiClient } from './api-client.ts';
import { ServedForTest } from './api-process.ts';

let fleet: Fleet;
let api: ServedForTest;
let mia: ApiClient;
let rita: ApiClient;
let anna: ApiClient;
beforeAll(async () => {
  fleet = await startFleet();
  api = await ServedForTest.start(fleet);
  [mia, rita, anna] = [await api.as('mia'), await api.as('rita'), await api.as('anna')];
});
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

const version = (minor: number) => ({ 'openstack-api-version': `compute 2.${minor}` });
const create = (keypair: object, minor = 96, client = mia) =>
  client.post('/v2.1/os-keypairs', { keypair }, version(minor));
const made = z.object({
  keypair: z.looseObject({ fingerprint: z.string(), public_key: z.string(), private_key: z.string() }),
});
const namesIn = (body: unknown) =>
  z
    .object({ keypairs: z.array(z.object({ keypair: z.object({ name: z.string() }) })) })
    .parse(body)
    .keypairs.map(({ keypair }) => keypair.name);

test('a public key is kept under a name, listed, shown and forgotten', async () => {
  expect(await create({ name: 'laptop', public_key: ed25519Key.publicKey })).toMatchObject({
    status: 201,
    body: {
      keypair: {
        name: 'laptop',
        type: 'ssh',
        public_key: ed25519Key.publicKey,
        fingerprint: ed25519Key.fingerprint,
        user_id: 'id-of-mia',
      },
    },
  });
  expect((await mia.get('/v2.1/os-keypairs', version(96))).body).toEqual({
    keypairs: [
      {
        keypair: {
          name: 'laptop',
          type: 'ssh',
          public_key: ed25519Key.publicKey,
          fingerprint: ed25519Key.fingerprint,
        },
      },
    ],
  });
  expect((await mia.get('/v2.1/os-keypairs/laptop', version(96))).body).toMatchObject({
    keypair: { id: expect.any(Number), user_id: 'id-of-mia', deleted: false, deleted_at: null, updated_at: null },
  });
  expect(await mia.send('DELETE', '/v2.1/os-keypairs/laptop', undefined, version(96))).toMatchObject({ status: 204 });
  expect(await mia.get('/v2.1/os-keypairs/laptop', version(96))).toMatchObject({
    status: 404,
    body: { itemNotFound: { message: 'Keypair laptop not found for user id-of-mia' } },
  });
});

test('nothing lingers of a user without key pairs, and another pair can be kept later', async () => {
  await create({ name: 'brief', public_key: ed25519Key.publicKey }, 96, rita);
  const handle = () => fleet.temporal.workflow.getHandle('key-pairs/id-of-rita');
  expect((await handle().describe()).status.name).toBe('RUNNING');
  await rita.send('DELETE', '/v2.1/os-keypairs/brief', undefined, version(96));
  await eventually('its workflow has ended', async () => (await handle().describe()).status.name === 'COMPLETED');
  expect(namesIn((await rita.get('/v2.1/os-keypairs', version(96))).body)).toEqual([]);
  expect(await create({ name: 'brief', public_key: ed25519Key.publicKey }, 96, rita)).toMatchObject({ status: 201 });
});

test('pairs outlive their workflow, whoever ends it', async () => {
  const terminate = () => fleet.temporal.workflow.getHandle('key-pairs/id-of-rita').terminate('by mistake');
  const names = async () => namesIn((await rita.get('/v2.1/os-keypairs', version(96))).body);
  const before = await names();
  await create({ name: 'kept', public_key: ed25519Key.publicKey }, 96, rita);
  await terminate();
  expect(await names()).toEqual([...before, 'kept']);
  await create({ name: 'later', public_key: ed25519Key.publicKey }, 96, rita);
  expect(await names()).toEqual([...before, 'kept', 'later']);
  await terminate();
  await rita.send('DELETE', '/v2.1/os-keypairs/kept', undefined, version(96));
  expect(await names()).toEqual([...before, 'later']);
  await terminate();
  expect(await rita.send('DELETE', '/v2.1/os-keypairs/kept', undefined, version(96))).toMatchObject({ status: 404 });
  expect(await names()).toEqual([...before, 'later']);
});

test('up to 2.91 a pair is made where no key is given; its private half fits, and is in no history', async () => {
  const answer = await create({ name: 'made here' }, 2);
  expect(answer).toMatchObject({ status: 201, body: { keypair: { type: 'ssh' } } });
  const { private_key: privateKey, public_key: publicKey, fingerprint } = made.parse(answer.body).keypair;
  expect(privateKey).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
  const { n: modulus = '' } = createPublicKey(createPrivateKey(privateKey)).export({ format: 'jwk' });
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  expect(blob.subarray(-256).toString('base64url')).toBe(modulus);
  expect((await mia.get('/v2.1/os-keypairs/made here', version(2))).body).toMatchObject({ keypair: { fingerprint } });
  const said = await historyOf(fleet.temporal, 'key-pairs/id-of-mia');
  expect(said).toContain(publicKey);
  expect(said).not.toContain(privateKey.split('\n')[1]);
  expect(await create({ name: 'not made' }, 92)).toMatchObject({ status: 400 });
});

test('older versions answer as they did: no types, 200 and 202', async () => {
  const answer = await create({ name: 'old', public_key: ed25519Key.publicKey }, 1);
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.text).not.toContain('"type"');
  expect(await mia.send('DELETE', '/v2.1/os-keypairs/old', undefined, version(1))).toMatchObject({ status: 202 });
});

test('from 2.35 on lists have pages', async () => {
  for (const name of ['page-1', 'page-2', 'page-3']) {
    await create({ name, public_key: ed25519Key.publicKey, user_id: 'id-of-paging' }, 96, anna);
  }
  const path = '/v2.1/os-keypairs?user_id=id-of-paging&limit=2';
  const first = await anna.get(path, version(96));
  expect(namesIn(first.body)).toEqual(['page-1', 'page-2']);
  expect(first.text).toContain('marker=page-2');
  expect(namesIn((await anna.get(`${path}&marker=page-2`, version(96))).body)).toEqual(['page-3']);
  expect(await anna.get(`${path}&marker=none`, version(96))).toMatchObject({
    status: 400,
    body: { badRequest: { message: 'Marker none could not be found.' } },
  });
});

test('an admin has the key pairs of any user, and nobody else has', async () => {
  await create({ name: 'given', public_key: ed25519Key.publicKey, user_id: 'id-of-olga' }, 96, anna);
  const olga = await api.as('olga', 'red');
  expect(namesIn((await olga.get('/v2.1/os-keypairs', version(96))).body)).toContain('given');
  expect(namesIn((await anna.get('/v2.1/os-keypairs?user_id=id-of-olga', version(96))).body)).toContain('given');
  const forbidden = (rule: string) => ({
    status: 403,
    body: { forbidden: { message: `Policy doesn't allow os_compute_api:os-keypairs:${rule} to be performed.` } },
  });
  expect(await mia.get('/v2.1/os-keypairs?user_id=id-of-olga', version(96))).toMatchObject(forbidden('index'));
  expect(await mia.get('/v2.1/os-keypairs/given?user_id=id-of-olga', version(96))).toMatchObject(forbidden('show'));
  const taken = await mia.send('DELETE', '/v2.1/os-keypairs/given?user_id=id-of-olga', undefined, version(96));
  expect(taken).toMatchObject(forbidden('delete'));
  expect(await create({ name: 'x', public_key: ed25519Key.publicKey, user_id: 'id-of-olga' })).toMatchObject(
    forbidden('create'),
  );
});

test.each([
  [{ name: 'twice', public_key: ed25519Key.publicKey }, 96, 409, "Key pair 'twice' already exists."],
  [{ name: 'bad', public_key: 'ssh-rsa AAAA' }, 96, 400, 'Keypair data is invalid: failed to generate fingerprint'],
  [{ name: 'bad', public_key: 'no key' }, 96, 400, 'Keypair data is invalid: failed to generate fingerprint'],
  [{ name: 'win', type: 'x509', public_key: 'x' }, 96, 400, 'the type x509 is not taken here'],
  [{ name: 'a@b', public_key: ed25519Key.publicKey }, 91, 400, "'a@b' does not match '^[_\\\\- a-zA-Z0-9]+$'"],
  [{ name: 'none' }, 92, 400, "'public_key' is a required property"],
  [{ name: 'x', type: 'ssh' }, 1, 400, "Additional properties are not allowed ('type' was unexpected)"],
  [{ name: 'x', user_id: 'u' }, 9, 400, "Additional properties are not allowed ('user_id' was unexpected)"],
  [{ name: 'x', type: 'gpg' }, 2, 400, "'gpg' is not one of ['ssh', 'x509']"],
  [{}, 96, 400, 'is a required property'],
])('%j in 2.%i is refused with %i: %s', async (keypair, minor, status, message) => {
  if ('name' in keypair && keypair.name === 'twice') await create(keypair);
  const answer = await create(keypair, minor);
  expect(answer).toMatchObject({ status });
  expect(JSON.stringify(answer.body)).toContain(JSON.stringify(message).slice(1, -1));
});

test('dots and @ are in names from 2.92 on', async () => {
  const name = 'mia@laptop.example';
  expect(await create({ name, public_key: ed25519Key.publicKey }, 92)).toMatchObject({ status: 201 });
  expect(await mia.get(`/v2.1/os-keypairs/${encodeURIComponent(name)}`, version(92))).toMatchObject({ status: 200 });
});

test('a user has so many and no more, and two at once of one name are one', async () => {
  const user = 'id-of-collector';
  const keys = fleet.client.keyPairs(user);
  const both = await Promise.allSettled([1, 2].map(() => keys.import('same', ed25519Key.publicKey)));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  for (let number = 1; number < mostKeyPairs; number += 1) await keys.import(`key-${number}`, ed25519Key.publicKey);
  const more = await create({ name: 'more', public_key: ed25519Key.publicKey, user_id: user }, 96, anna);
  expect(more).toMatchObject({
    status: 403,
    body: { forbidden: { message: 'Quota exceeded, too many key pairs.' } },
  });
  expect(await keys.list()).toHaveLength(mostKeyPairs);
});
