/** Secrets are opened here, for one unit of a host, and nowhere else. */
import type { SealedSecret } from '../src/model/secret.ts';
import { open, UnknownSecretKey } from '../src/secrets/seal.ts';
import type { SecretKeys } from '../src/secrets/secret-keys.ts';
import { UnitFault } from './unit-fault.ts';

/** The secret, for a unit of that instance. Raises SECRET_KEY_UNKNOWN. */
export function openSecret(secret: SealedSecret, instanceId: string, keys: SecretKeys): string {
  try {
    return open(secret, instanceId, keys);
  } catch (error) {
    if (!(error instanceof UnknownSecretKey)) throw error;
    throw new UnitFault('SECRET_KEY_UNKNOWN', `the worker has no secret key ${error.keyId}`);
  }
}

/** Does something with a secret. Whatever that fails with says nothing of it: tools like to repeat what they were given. */
export async function keepingSecret<T>(secret: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw tells(error, secret) ? withoutSecret(error, secret) : error;
  }
}

function tells(error: unknown, secret: string): boolean {
  if (!(error instanceof Error)) return String(error).includes(secret);
  const remark = error instanceof UnitFault ? error.remark : undefined;
  const texts = [error.message, error.stack, remark];
  return texts.some((text) => text?.includes(secret)) || (error.cause !== undefined && tells(error.cause, secret));
}

function withoutSecret(error: unknown, secret: string): Error {
  const conceal = (text: string) => text.replaceAll(secret, '***');
  if (!(error instanceof Error)) return new Error(conceal(String(error)));
  const safe =
    error instanceof UnitFault ? new UnitFault(error.code, conceal(error.message)) : new Error(conceal(error.message));
  safe.stack = conceal(error.stack ?? '');
  return safe;
}
