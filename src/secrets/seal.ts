/** Seals secrets with AES-256-GCM, bound to the instance that they are for: another one cannot be given them. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { SealedSecret } from '../model/secret.ts';
import type { SecretKey, SecretKeys } from './secret-keys.ts';

const cipher = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;
/** Hexadecimal digits: enough to tell secrets apart. */
const digestLength = 16;

/** There is no key of that id here. */
export class UnknownSecretKey extends Error {
  override readonly name = 'UnknownSecretKey';
  readonly keyId: string;

  constructor(keyId: string) {
    super(`there is no secret key ${keyId}`);
    this.keyId = keyId;
  }
}

/** Seals a secret for an instance. */
export function seal(secret: string, instanceId: string, key: SecretKey): SealedSecret {
  const nonce = randomBytes(nonceLength);
  const encryption = createCipheriv(cipher, key.sealing, nonce).setAAD(Buffer.from(instanceId));
  const bytes = Buffer.concat([nonce, encryption.update(secret, 'utf8'), encryption.final(), encryption.getAuthTag()]);
  const digest = createHmac('sha256', key.digest)
    .update(JSON.stringify([instanceId, secret]))
    .digest('hex');
  return {
    sealed: 'A256GCM',
    keyId: key.id,
    ciphertext: bytes.toString('base64'),
    digest: digest.slice(0, digestLength),
  };
}

/**
 * The secret. Throws {@link UnknownSecretKey}, and another error when it was sealed for another instance or has been
 * tampered with; neither tells anything of it.
 */
export function open({ keyId, ciphertext }: SealedSecret, instanceId: string, keys: SecretKeys): string {
  const key = keys.find(keyId);
  if (key === null) throw new UnknownSecretKey(keyId);
  const bytes = Buffer.from(ciphertext, 'base64');
  const decryption = createDecipheriv(cipher, key.sealing, bytes.subarray(0, nonceLength), { authTagLength: tagLength })
    .setAAD(Buffer.from(instanceId))
    .setAuthTag(bytes.subarray(-tagLength));
  return decryption.update(bytes.subarray(nonceLength, -tagLength), undefined, 'utf8') + decryption.final('utf8');
}
