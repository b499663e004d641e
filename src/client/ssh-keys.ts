/** Keys of SSH: public ones are looked at, and pairs are made. */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import sshpk from 'sshpk';
import { InvalidInputError } from './errors.ts';

const generate = promisify(generateKeyPair);

/** MD5 of a key that is written as in `authorized_keys`: `1d:2c:…`. Throws {@link InvalidInputError} for what is no public key. */
export function fingerprintOfKey(publicKey: string): string {
  try {
    return sshpk.parseKey(publicKey, 'ssh').fingerprint('md5').toString('hex');
  } catch {
    const message = 'is no public key of SSH: it begins with ssh-ed25519, ssh-rsa or ecdsa-sha2-nistp256, for one';
    throw new InvalidInputError([{ path: 'publicKey', message }]);
  }
}

/** RSA of 2048 bits, the private half in PEM: what Nova makes, and every client reads. */
export async function newKeys(): Promise<{ readonly publicKey: string; readonly privateKey: string }> {
  const { privateKey } = await generate('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const key = sshpk.parsePrivateKey(privateKey, 'pem').toPublic();
  key.comment = 'generated';
  return { publicKey: key.toString('ssh'), privateKey };
}
