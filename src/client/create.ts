import type { Client } from '@temporalio/client';
import type { z } from 'zod';
import type { Task } from '../model/task.ts';
import { createSchema } from '../operations/create.schema.ts';
import type { SecretKeys } from '../secrets/secret-keys.ts';
import { newInstanceId } from './ids.ts';
import { parseInput, type Catalogue } from './input.ts';
import { sealNew } from './seal-input.ts';
import { defaultProject, submitCreate, type SubmitOptions } from './submit.ts';

/** A new instance as create takes it, its secrets not yet sealed. Throws {@link InvalidInputError}. */
export const parseNew = (instance: unknown, catalogue: Catalogue): z.output<typeof createSchema> =>
  createSchema.parse(parseInput('create', instance, catalogue));

/** Asks for a new instance, which has an id from now on. */
export async function createInstance(
  client: Client,
  instance: unknown,
  { catalogue, secretKeys }: { readonly catalogue: Catalogue; readonly secretKeys: SecretKeys | undefined },
  options: SubmitOptions,
): Promise<Task> {
  const input = parseNew(instance, catalogue);
  const id = newInstanceId(options.projectId ?? defaultProject, options.idempotencyKey);
  return submitCreate(client, id, sealNew(input, id, secretKeys), options);
}
