/** `/servers/{id}`: a server is shown, deleted, and acted upon. */
import { z } from 'zod';
import { isAdmin, type Caller } from '../../authentication/caller.ts';
import type { InstanceRecord } from '../../model/instance.ts';
import { finalVmState } from '../../model/states.ts';
import type { OperationName } from '../../operations/index.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { NotFound } from '../http-error.ts';
import { expectMayRequest } from '../policy.ts';
import { submitterOf, type Reach } from '../reach.ts';
import { rootOf } from '../root-url.ts';
import { inNovasWords, serverNotFound } from './conflict.ts';
import { toRequestedAction } from './server-actions.ts';
import { toServer } from './server-view.ts';

const byId = z.object({ id: z.string() });
const actionBody = z.record(z.string(), z.unknown());

/** Adds its routes. */
export function addServers(api: Api, reach: Reach): void {
  api.get('/servers/:id', { schema: { params: byId } }, async (request) => {
    const caller = callerOf(request);
    const instance = await serverOf(reach, caller, request.params.id);
    const admin = isAdmin(caller);
    const [fault = null] = instance.vmState === 'error' ? await reach.client.faults(instance.id, { admin }) : [];
    const viewer = { isAdmin: admin, microversion: request.microversion, root: rootOf(request) };
    return { server: toServer(instance, fault, viewer) };
  });
  api.delete('/servers/:id', { schema: { params: byId } }, async (request, reply) => {
    const asked = { word: 'delete', operation: 'delete', input: {} } as const;
    await ask(reach, callerOf(request), request.params.id, asked, request.id);
    return reply.code(204).send();
  });
  api.post('/servers/:id/action', { schema: { params: byId, body: actionBody } }, async (request, reply) => {
    const asked = toRequestedAction(request.body);
    await ask(reach, callerOf(request), request.params.id, asked, request.id);
    return reply.code(asked.statusCode).send();
  });
}

interface Asked {
  readonly word: string;
  readonly operation: Exclude<OperationName, 'create'>;
  readonly input: unknown;
}

/** Asks for the task. Locks are for others than admins, as in Nova. */
async function ask(
  reach: Reach,
  caller: Caller,
  id: string,
  { word, operation, input }: Asked,
  requestId: string,
): Promise<void> {
  await serverOf(reach, caller, id);
  expectMayRequest(caller, operation, input);
  const options = { ...submitterOf(caller, requestId), overrideLock: isAdmin(caller) };
  await reach.client.request(operation, id, input, options).catch((error: unknown) => {
    throw inNovasWords(error, word, id);
  });
}

/** Throws {@link NotFound} where the caller may not know of it, or it is there no more. */
async function serverOf(reach: Reach, caller: Caller, id: string): Promise<InstanceRecord> {
  const instance = await reach.instance(caller, id).catch((error: unknown) => {
    throw error instanceof NotFound ? serverNotFound(id) : error;
  });
  if (instance.vmState === finalVmState) throw serverNotFound(id);
  return instance;
}
