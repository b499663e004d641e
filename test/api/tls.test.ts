/** The API as it is served beyond the machine it runs on. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { generate } from 'selfsigned';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { ServedForTest } from './api-process.ts';

let fleet: Fleet;
let folder: string;
beforeAll(async () => {
  [fleet, folder] = await Promise.all([startFleet({ hosts: [] }), mkdtemp(join(tmpdir(), 'instance-tasks-tls-'))]);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await fleet.dispose();
});

/** What is answered to whoever trusts that certificate. */
const get = (url: string, ca: string) =>
  new Promise<string>((resolve, reject) => {
    request(
      new URL('/healthz', url),
      { ca, servername: 'localhost' },
      (answer) => void text(answer).then(resolve, reject),
    )
      .once('error', reject)
      .end();
  });

test('with TLS it is served at any address, to whoever trusts its certificate', async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }]);
  const files = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  await Promise.all([writeFile(files.certificate, cert), writeFile(files.key, key)]);
  const api = await ServedForTest.start(fleet, { ip: '0.0.0.0', tls: files });
  try {
    expect(api.url).toMatch(/^https:/);
    expect(JSON.parse(await get(api.url, cert))).toEqual({ status: 'ok' });
    const { cert: other } = await generate([{ name: 'commonName', value: 'localhost' }]);
    await expect(get(api.url, other)).rejects.toThrow(/self-signed|unable to verify|signature/);
  } finally {
    await api.close();
  }
});

test('without TLS it is served on loopback only', async () => {
  await expect(ServedForTest.start(fleet, { ip: '0.0.0.0' })).rejects.toThrow(
    'without TLS the API is served on loopback only',
  );
});

test('a certificate that is not there is named', async () => {
  const tls = { certificate: join(folder, 'missing.pem'), key: join(folder, 'missing.pem') };
  await expect(ServedForTest.start(fleet, { tls })).rejects.toThrow('missing.pem');
});
