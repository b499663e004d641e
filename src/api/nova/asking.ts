/** Asking for tasks through this face: who may, and what a refusal says. */
import type { FastifyRequest } from 'fastify';
import { isAdmin, type Caller } from '../../authentication/caller.ts';
import type { InstanceRecord } from '../../model/instance.ts';
import { finalVmState } from '../../model/states.ts';
import type { Task } from '../../model/task.ts';
import type { OperationName } from '../../operations/index.ts';
import { callerOf } from '../authenticate.ts';
import { NotFound } from '../http-error.ts';
import { submitterOf, type Reach } from '../reach.ts';
import { inNovasWords, serverNotFound } from './conflict.ts';
import { expectMayRequest } from './policy-words.ts';

/** The header by which a request that is made again finds its task. */
const idempotencyHeader = 'idempotency-key';

/** The key of a request, apart for each task that it leads to. */
export function keyOf(request: Pick<FastifyRequest, 'headers'>, part: string): { readonly idempotencyKey?: string } {
  const key = request.headers[idempotencyHeader];
  return typeof key === 'string' && key !== '' ? { idempotencyKey: `${key} ${part}` } : {};
}

/** Asks for a task on a server. Locks are for others than admins, as in Nova. `word` is the key of the request. */
export async function askFor(
  reach: Reach,
  request: FastifyRequest,
  server: InstanceRecord,
  {
    word,
    operation,
    input,
  }: { readonly word: string; readonly operation: Exclude<OperationName, 'create'>; readonly input: unknown },
): Promise<Task> {
  const caller = callerOf(request);
  expectMayRequest(caller, operation, input, server);
  const options = {
    ...submitterOf(caller, request.id),
    overrideLock: isAdmin(caller),
    ...keyOf(request, operation),
  };
  return reach.client.request(operation, server.id, input, options).catch((error: unknown) => {
    throw inNovasWords(error, word, server, input);
  });
}

/** Throws {@link NotFound} where the caller may not know of it, or it is there no more. */
export async function serverOf(reach: Reach, caller: Caller, id: string): Promise<InstanceRecord> {
  const instance = await knownServer(reach, caller, id);
  if (instance.vmState === finalVmState) throw serverNotFound(id);
  return instance;
}

/** Also one that was deleted. Throws {@link NotFound}. */
export function knownServer(reach: Reach, caller: Caller, id: string): Promise<InstanceRecord> {
  return reach.instance(caller, id).catch((error: unknown) => {
    throw error instanceof NotFound ? serverNotFound(id) : error;
  });
}
