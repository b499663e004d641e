/** `/servers/{id}`: a server is shown, renamed, deleted, and acted upon. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isAdmin } from '../../authentication/caller.ts';
import type { InstanceRecord } from '../../model/instance.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { chooseAction } from './actions/index.ts';
import { askFor, serverOf } from './asking.ts';
import { parseBody, unexpected } from './complaint.ts';
import type { NovaContext } from './nova-context.ts';
import * as types from './parameters.ts';
import { expectMayRequest } from './policy-words.ts';
import { toChangedServer, toServer } from './server-view.ts';
import { shownRecord } from './shown-server.ts';

const byId = z.object({ id: z.string() });

/** Adds its routes. */
export function addServers(api: Api, context: NovaContext): void {
  const { reach } = context;
  api.get('/servers/:id', { schema: { params: byId } }, async (request) => ({
    server: await shown(context, request, await serverOf(reach, callerOf(request), request.params.id)),
  }));
  api.put('/servers/:id', { schema: { params: byId } }, async (request) => {
    const { 'OS-DCF:diskConfig': _diskConfig, ...changes } = parseBody(
      updateSchema(request.microversion),
      request.body,
    ).server;
    const server = await serverOf(reach, callerOf(request), request.params.id);
    const input = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    if (Object.keys(input).length > 0)
      await askFor(reach, request, server, { word: 'update', operation: 'update', input });
    return { server: await shown(context, request, await reach.client.get(server.id), toChangedServer) };
  });
  api.delete('/servers/:id', { schema: { params: byId } }, async (request, reply) => {
    const server = await serverOf(reach, callerOf(request), request.params.id);
    await askFor(reach, request, server, { word: 'delete', operation: 'delete', input: {} });
    return reply.code(204).send();
  });
  api.post('/servers/:id/action', { schema: { params: byId } }, async (request, reply) => {
    const caller = callerOf(request);
    const { word, respond } = chooseAction(request.body, request.microversion);
    const server = await serverOf(reach, caller, request.params.id);
    const { statusCode, body, location } = await respond({
      reach,
      caller,
      server,
      viewer: await context.viewerOf(request),
      version: request.microversion,
      password: () => context.passwords.generate(request, word),
      expectMay: (operation, input) => expectMayRequest(caller, operation, input, server),
      ask: (operation, input) => askFor(reach, request, server, { word, operation, input }),
    });
    if (location !== undefined) void reply.header('location', location);
    return reply.code(statusCode).send(body);
  });
}

/** A server as it is, with its fault where it is in error. */
async function shown(
  { reach, viewerOf }: NovaContext,
  request: FastifyRequest,
  server: InstanceRecord,
  view: typeof toServer | typeof toChangedServer = toServer,
) {
  const admin = isAdmin(callerOf(request));
  const [fault = null] = server.vmState === 'error' ? await reach.client.faults(server.id, { admin }) : [];
  return view(shownRecord(server, fault), await viewerOf(request));
}

const sinceVersion = { description: 19, hostname: 90 } as const;

/** What an update may say, by version. */
function updateSchema(version: number) {
  const server = z.strictObject({
    name: types.name.optional(),
    description: types.description.optional(),
    'OS-DCF:diskConfig': types.diskConfig.optional(),
    ...types.addresses,
    hostname: types.hostname(version).optional(),
  });
  return z.strictObject({
    server: server.superRefine((value, refused) => {
      const early = (['description', 'hostname'] as const).filter(
        (key) => value[key] !== undefined && version < sinceVersion[key],
      );
      if (early.length > 0) refused.addIssue({ code: 'custom', message: unexpected(early) });
    }),
  });
}
