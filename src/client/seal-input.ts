import type { z } from 'zod';
import type { createSchema, CreateInput } from '../operations/create.schema.ts';
import type { WithKey } from '../operations/guest-config.schema.ts';
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
  const isSecret = ([name, value]: [string, unknown]) => names.includes(name) && value !== null && value !== undefined;
  if (!Object.entries(input).some(isSecret)) return input;
  const key = currentKey(operation, keys);
  return Object.fromEntries(
    Object.entries(input).map((entry: [string, unknown]) => [
      entry[0],
      isSecret(entry) ? seal(textOf(entry[1]), instanceId, key) : entry[1],
    ]),
  );
}

/** A secret as a text. */
const textOf = (secret: unknown): string => (typeof secret === 'string' ? secret : JSON.stringify(secret));

/** The same for a new instance. */
export function sealNew(
  { adminPass, userData, files, ...input }: WithKey<z.output<typeof createSchema>>,
  instanceId: string,
  keys: SecretKeys | undefined,
): CreateInput {
  const sealed = (secret: unknown) => seal(textOf(secret), instanceId, currentKey('create', keys));
  return {
    ...input,
    ...(userData !== undefined && { userData: sealed(userData) }),
    ...(files !== undefined && { files: sealed(files) }),
    ...(adminPass !== undefined && { adminPass: sealed(adminPass) }),
  };
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
