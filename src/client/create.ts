import type { Client } from '@temporalio/client';
import type { z } from 'zod';
import type { Task } from '../model/task.ts';
import { createSchema } from '../operations/create.schema.ts';
import type { SecretKeys } from '../secrets/secret-keys.ts';
import { newInstanceId } from './ids.ts';
import { parseInput, type Catalogue } from './input.ts';
import { serverKey } from './key-pairs.ts';
import { sealNew } from './seal-input.ts';
import { defaultProject, submitCreate, userOf, type SubmitOptions } from './submit.ts';

/**
 * A new instance as create takes it, its secrets not yet sealed and its key looked up. Throws {@link InvalidInputError}.
 */
export async function parseNew(client: Client, instance: unknown, catalogue: Catalogue, options: SubmitOptions) {
  const { key, ...input }: z.output<typeof createSchema> = createSchema.parse(
    parseInput('create', instance, catalogue),
  );
  return { ...input, ...(key !== undefined && { key: await serverKey(client, userOf(options), key) }) };
}

/** Asks for a new instance, which has an id from now on. */
export async function createInstance(
  client: Client,
  instance: unknown,
  { catalogue, secretKeys }: { readonly catalogue: Catalogue; readonly secretKeys: SecretKeys | undefined },
  options: SubmitOptions,
): Promise<Task> {
  const input = await parseNew(client, instance, catalogue, options);
  const id = newInstanceId(options.projectId ?? defaultProject, options.idempotencyKey);
  return submitCreate(client, id, sealNew(input, id, secretKeys), options);
}
