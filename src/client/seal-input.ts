import type { OperationName } from '../operations/index.ts';
import { inputSchemaOf } from '../operations/schemas.ts';
import { secretKeysOf } from '../operations/secret.schema.ts';
import { seal } from '../secrets/seal.ts';
import { InvalidSecretKeys, SecretKeys } from '../secrets/secret-keys.ts';
import { SecretKeysError } from './errors.ts';

/**
 * The parsed input of an operation with its secrets sealed for the instance: what goes to Temporal. `keys`: those of the
 * environment where absent. Throws {@link SecretKeysError} when there is a secret and no key.
 */
export function sealInput(
  operation: OperationName,
  input: unknown,
  instanceId: string,
  keys: SecretKeys | undefined,
): unknown {
  const names = secretKeysOf(inputSchemaOf(operation));
  if (names.length === 0 || typeof input !== 'object' || input === null) return input;
  const key = (keys ?? keysOfEnvironment()).current;
  if (key === null) {
    throw new SecretKeysError(
      `${operation} takes a secret, and there is no key to seal it with: set ITASK_SECRET_KEYS`,
    );
  }
  return Object.fromEntries(
    Object.entries(input).map(([name, value]: [string, unknown]) => [
      name,
      names.includes(name) && typeof value === 'string' ? seal(value, instanceId, key) : value,
    ]),
  );
}

function keysOfEnvironment(): SecretKeys {
  try {
    return SecretKeys.ofEnvironment();
  } catch (error) {
    if (error instanceof InvalidSecretKeys) throw new SecretKeysError(`ITASK_SECRET_KEYS: ${error.message}`);
    throw error;
  }
}
