import type { z } from 'zod';
import type { createSchema, CreateInput } from '../operations/create.schema.ts';
import type { OperationName } from '../operations/index.ts';
import { inputSchemaOf } from '../operations/schemas.ts';
import { secretKeysOf } from '../operations/secret.schema.ts';
import { seal } from '../secrets/seal.ts';
import { InvalidSecretKeys, SecretKeys, type SecretKey } from '../secrets/secret-keys.ts';
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
  if (typeof input !== 'object' || input === null) return input;
  if (!Object.entries(input).some(([name, value]) => names.includes(name) && typeof value === 'string')) return input;
  const key = currentKey(operation, keys);
  return Object.fromEntries(
    Object.entries(input).map(([name, value]: [string, unknown]) => [
      name,
      names.includes(name) && typeof value === 'string' ? seal(value, instanceId, key) : value,
    ]),
  );
}

/** The same for a new instance. */
export function sealNew(
  { adminPass, ...input }: z.output<typeof createSchema>,
  instanceId: string,
  keys: SecretKeys | undefined,
): CreateInput {
  if (adminPass === undefined) return input;
  return { ...input, adminPass: seal(adminPass, instanceId, currentKey('create', keys)) };
}

function currentKey(operation: OperationName, keys: SecretKeys | undefined): SecretKey {
  const key = (keys ?? keysOfEnvironment()).current;
  if (key !== null) return key;
  throw new SecretKeysError(`${operation} takes a secret, and there is no key to seal it with: set ITASK_SECRET_KEYS`);
}

function keysOfEnvironment(): SecretKeys {
  try {
    return SecretKeys.ofEnvironment();
  } catch (error) {
    if (error instanceof InvalidSecretKeys) throw new SecretKeysError(`ITASK_SECRET_KEYS: ${error.message}`);
    throw error;
  }
}
