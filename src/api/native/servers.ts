/** `/servers` and `/projects/{project}/servers`: servers are read, listed, and made in batches. */
import { z } from 'zod';
import { findByNameOrId, type CatalogueFlavor } from '../../model/catalogue.ts';
import type { Api } from '../application.ts';
import type { Quotas } from '../quotas.ts';
import { callerOf } from '../authenticate.ts';
import { isAdmin, type Caller } from '../../authentication/caller.ts';
import { InvalidInputError } from '../../client/errors.ts';
import { vmStates } from '../../model/states.ts';
import { Forbidden, NotFound } from '../http-error.ts';
import { expectMayRequest, sees } from '../policy.ts';
import { submitterOf, viewerOf, type Reach } from '../reach.ts';
import { link, linkSchema, nextLink, paths } from './links.ts';
import { pageAt } from './marker.ts';
import { problemAnswers } from './problem-answers.ts';
import { toServerResource, toServerSummary } from './represent-server.ts';
import {
  launchedSchema,
  newServerSchema,
  newServersSchema,
  serverSchema,
  serverSummarySchema,
  virtStateOf,
} from './server.schema.ts';

const byId = z.object({ id: z.string().describe('UUID') });
const byProject = z.object({ project: z.string().describe('id of the project') });
const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  marker: z.string().optional().describe('of the page before: see its link `next`'),
  name: z.string().optional(),
  virt_state: z.enum(vmStates.map(virtStateOf)).optional(),
});
const serverListSchema = z
  .object({
    servers: z.array(serverSummarySchema),
    _links: z.object({ self: linkSchema, next: linkSchema.optional() }),
  })
  .meta({ id: 'server_list', description: 'newest first; a second or so behind' });
const idempotencyHeaders = z.object({
  'idempotency-key': z.string().min(1).max(200).optional().describe('the same key again finds the same servers'),
});

/** The routes of servers. */
export function addServers(api: Api, reach: Reach, quotas: Quotas): void {
  addReading(api, reach);
  addLists(api, reach);
  addLaunching(api, reach, quotas);
}

function addReading(api: Api, reach: Reach): void {
  const schema = {
    summary: 'A server, as it is now',
    tags: ['servers'],
    params: byId,
    response: { 200: serverSchema, ...problemAnswers },
  };
  // Its HEAD answers the cheap question in headers.
  api.get('/servers/:id', { schema }, async (request, reply) => {
    const caller = callerOf(request);
    const server = toServerResource(await reach.instance(caller, request.params.id), viewerOf(caller));
    void reply.header('virt-state', server.virt_state).header('power-state', server.power_state ?? 'NOSTATE');
    return server;
  });
}

function addLists(api: Api, reach: Reach): void {
  const schema = { tags: ['servers'], response: { 200: serverListSchema, ...problemAnswers } };
  api.get(
    '/servers',
    {
      schema: {
        ...schema,
        summary: 'Servers of the project; of all projects for admins who say so',
        querystring: listQuery.extend({
          all_projects: z.stringbool().default(false).describe('admins only'),
          host: z.string().optional().describe('admins only'),
        }),
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { all_projects: everywhere, host, ...query } = request.query;
      if ((everywhere || host !== undefined) && !isAdmin(caller)) throw new Forbidden('only admins may ask for that');
      return listOf(reach, caller, '/servers', query, {
        ...(!everywhere && { projectId: caller.projectId }),
        ...(host !== undefined && { host }),
      });
    },
  );
  api.get(
    '/projects/:project/servers',
    { schema: { ...schema, summary: 'Servers of a project', params: byProject, querystring: listQuery } },
    async (request) => {
      const { project } = request.params;
      const caller = callerOf(request);
      expectProject(caller, project);
      return listOf(reach, caller, `/projects/${project}/servers`, request.query, { projectId: project });
    },
  );
}

async function listOf(
  reach: Reach,
  caller: Caller,
  path: string,
  query: z.infer<typeof listQuery>,
  whose: { readonly projectId?: string; readonly host?: string },
): Promise<z.infer<typeof serverListSchema>> {
  const { limit, marker, name, virt_state: virtState } = query;
  const vmState = vmStates.find((state) => virtStateOf(state) === virtState);
  const page = reach.client.list({
    ...whose,
    limit,
    ...(marker !== undefined && { page: marker }),
    ...(name !== undefined && { name }),
    ...(vmState !== undefined && { vmState }),
  });
  const { rows, next } = await pageAt(marker, page);
  return {
    servers: rows.map((row) => toServerSummary(row, viewerOf(caller))),
    _links: { self: link(path), ...(next !== null && { next: nextLink(path, query, next) }) },
  };
}

function expectProject(caller: Caller, project: string): void {
  if (!sees(caller, project)) throw new NotFound(`there is no project ${project}`);
}

function addLaunching(api: Api, reach: Reach, quotas: Quotas): void {
  api.post(
    '/projects/:project/servers',
    {
      schema: {
        summary: 'Asks for new servers: all are looked at before any is begun with',
        tags: ['servers'],
        params: byProject,
        headers: idempotencyHeaders,
        body: newServersSchema,
        response: { 202: launchedSchema, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { project } = request.params;
      expectProject(caller, project);
      const { defaults, servers, reason } = request.body;
      const wanted: z.infer<typeof newServerSchema>[] = [];
      for (const [index, server] of servers.entries()) {
        wanted.push(await checked(reach, caller, { ...defaults, ...server }, index));
      }
      const key = request.headers['idempotency-key'];
      const sizes = wanted.map(({ flavor }) => sizeIn(reach, flavor));
      // Who asks again is not refused for what the same request has made.
      if (await reach.isNew(project, key && `${key} 0`)) await quotas.expectRoom(project, sizes);
      const launched = await Promise.all(
        wanted.map((server, index) =>
          reach.client.create(server, {
            ...submitterOf(caller, request.id),
            projectId: project,
            ...(reason !== undefined && { reason }),
            ...(key !== undefined && { idempotencyKey: `${key} ${index}` }),
          }),
        ),
      );
      const resources = launched.map(({ id, instanceId, endedAt }) => ({
        id: instanceId,
        launched_at: endedAt,
        _links: {
          self: link(paths.server(instanceId)),
          'rel/server_tasks': link(paths.serverTasks(instanceId)),
          'rel/server_task': link(paths.task(id)),
        },
      }));
      return reply.code(202).send({ servers: resources });
    },
  );
}

/** That of the catalogue: it was looked at before. */
const sizeIn = ({ client }: Reach, flavor: string): CatalogueFlavor => {
  const size = findByNameOrId(client.catalogue.flavors, flavor);
  if (size === undefined) throw new InvalidInputError([{ path: 'flavor', message: `there is no flavor "${flavor}"` }]);
  return size;
};

/** One of a batch, as it may be begun with. Throws with its number. */
async function checked(
  reach: Reach,
  caller: Caller,
  server: unknown,
  index: number,
): Promise<z.infer<typeof newServerSchema>> {
  const at = ['servers', index].join('.');
  const parsed = newServerSchema.safeParse(server);
  if (!parsed.success) {
    throw new InvalidInputError(
      parsed.error.issues.map(({ path, message }) => ({ path: [at, ...path.map(String)].join('.'), message })),
    );
  }
  expectMayRequest(caller, 'create', parsed.data);
  try {
    await reach.client.checkNew(parsed.data, { userId: caller.userId });
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(error.issues.map(({ path, message }) => ({ path: `${at}.${path}`, message })));
  }
  return parsed.data;
}
