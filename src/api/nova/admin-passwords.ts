/** Passwords for administrators of guests that nobody has chosen one for. */
import { createHmac, randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { SecretKeys } from '../../secrets/secret-keys.ts';
import { keyOf } from './asking.ts';

/** As many as Nova's have. */
const passwordLength = 12;
/** Without those that are taken for one another; 32 is a power of two, so that each is as likely. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789X';

export class AdminPasswords {
  readonly #secretKeys: SecretKeys;

  constructor(secretKeys: SecretKeys) {
    this.#secretKeys = secretKeys;
  }

  /** One for each request; a request that is made again by its key is given the same. Null without secret keys. */
  generate(request: Pick<FastifyRequest, 'headers' | 'caller'>, part: string): string | null {
    const key = this.#secretKeys.current;
    if (key === null) return null;
    const { idempotencyKey } = keyOf(request, part);
    const bytes =
      idempotencyKey === undefined
        ? randomBytes(passwordLength)
        : createHmac('sha256', key.passwords)
            .update(JSON.stringify([request.caller?.projectId, idempotencyKey]))
            .digest();
    return Array.from(bytes.subarray(0, passwordLength), (byte) => letters[byte % letters.length]).join('');
  }
}
