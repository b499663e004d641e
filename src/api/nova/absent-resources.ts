/** What Nova has and this platform has none of: lists are empty, and what would make one says that it is not done. */
import { z } from 'zod';
import { isAdmin } from '../../authentication/caller.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { BadRequest, HttpError } from '../http-error.ts';
import { serverOf } from './asking.ts';
import type { NovaContext } from './nova-context.ts';
import { forbiddenByPolicy } from './policy-words.ts';
import { toServer } from './server-view.ts';
import { shownRecord } from './shown-server.ts';
import { since } from './since.ts';

const byId = z.object({ id: z.string() });

const notDone = (what: string): HttpError => new HttpError(501, 'NOT_IMPLEMENTED', `${what} is not done here`);

/** Adds the routes. */
export function addAbsentResources(api: Api, context: NovaContext): void {
  addEmptyLists(api);
  addOfServer(api, context);
}

function addEmptyLists(api: Api): void {
  api.get('/os-server-groups', async () => ({ server_groups: [] }));
  api.post('/os-server-groups', async () => {
    throw notDone('grouping servers');
  });
  api.get('/os-aggregates', async (request) => {
    if (!isAdmin(callerOf(request))) throw forbiddenByPolicy('os-aggregates:index');
    return { aggregates: [] };
  });
  api.get('/extensions', async () => ({ extensions: [] }));
  api.get('/os-security-groups', { onRequest: since(1, 35) }, async () => ({ security_groups: [] }));
}

function addOfServer(api: Api, { reach, viewerOf }: NovaContext): void {
  const parts: Readonly<Record<string, object>> = {
    'os-security-groups': { security_groups: [] },
    'os-server-password': { password: '' },
  };
  for (const [part, answer] of Object.entries(parts)) {
    api.get(`/servers/:id/${part}`, { schema: { params: byId } }, async (request) => {
      await serverOf(reach, callerOf(request), request.params.id);
      return answer;
    });
  }
  api.get('/servers/:id/topology', { onRequest: since(78), schema: { params: byId } }, async (request) => {
    await serverOf(reach, callerOf(request), request.params.id);
    return { nodes: [], pagesize_kb: null };
  });
  api.get('/servers/:id/ips', { schema: { params: byId } }, async (request) => {
    const server = await serverOf(reach, callerOf(request), request.params.id);
    const { addresses } = toServer(shownRecord(server, null), await viewerOf(request));
    return { addresses };
  });
  api.get('/servers/:id/diagnostics', { schema: { params: byId } }, async (request) => {
    await serverOf(reach, callerOf(request), request.params.id);
    if (!isAdmin(callerOf(request))) throw forbiddenByPolicy('os-server-diagnostics');
    throw notDone('telling diagnostics of a guest');
  });
  api.post('/servers/:id/remote-consoles', { onRequest: since(6), schema: { params: byId } }, async (request) => {
    await serverOf(reach, callerOf(request), request.params.id);
    throw new BadRequest('Unavailable console type: there are none here but the output of the console');
  });
}
