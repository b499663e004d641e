/** The API as it describes itself: OpenAPI, with a page to read and try it, the schemas of payloads, and JSON Home. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Api } from '../application.ts';
import { NotFound } from '../http-error.ts';
import { problemSchema } from '../problem.ts';
import { cancelPreviewSchema, planSchema } from './foresight.schema.ts';
import { paths } from './links.ts';
import { newTaskSchema } from './new-task.schema.ts';
import { newServersSchema, serverSchema, serverSummarySchema } from './server.schema.ts';
import { faultSchema, itemSchema, taskSchema, taskSummarySchema } from './task.schema.ts';

const open = { public: true } as const;
/** Not part of what it describes. */
const hidden = { hide: true } as const;

const schemas: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ['server', serverSchema],
  ['server_summary', serverSummarySchema],
  ['new_servers', newServersSchema],
  ['server_task', taskSchema],
  ['server_task_summary', taskSummarySchema],
  ['server_task_item', itemSchema],
  ['new_server_task', newTaskSchema],
  ['plan', planSchema],
  ['cancel_preview', cancelPreviewSchema],
  ['fault', faultSchema],
  ['problem', problemSchema],
]);

/** To be called before any route is added: it describes those that come after it. Returns what tells its JSON Home. */
export async function describeApi(api: Api, version: string): Promise<() => object> {
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Instance Tasks',
        version,
        description: 'Every change to a server is a task: asked for, watched, paused, resumed, cancelled and retried.',
      },
      tags: [
        { name: 'tasks', description: 'what changes servers' },
        { name: 'servers', description: 'what tasks change' },
      ],
      components: {
        securitySchemes: {
          token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token', description: 'of POST /v3/auth/tokens' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ token: [] }, { bearer: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
    hideUntagged: true,
  });
  await api.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, ...open };
    });
    await scope.register(swaggerUi, { routePrefix: '/docs' });
  });
  api.get('/openapi.json', { config: open, schema: hidden }, () => api.swagger());
  addSchemas(api);
  return noteRoutes(api);
}

function addSchemas(api: Api): void {
  const params = z.object({ name: z.string() });
  api.get('/schemas/:name', { config: open, schema: { ...hidden, params } }, async (request, reply) => {
    const { name } = request.params;
    const schema = schemas.get(name);
    if (schema === undefined) throw new NotFound(`there is no schema ${name}, only ${[...schemas.keys()].join(', ')}`);
    const document = { ...z.toJSONSchema(schema, { io: 'input' }), $id: paths.schema(name) };
    return reply.type('application/schema+json').send(document);
  });
}

/** Every route with its methods, as draft-nottingham-json-home says it, once all have been added. */
function noteRoutes(api: Api): () => object {
  const methods = new Map<string, string[]>();
  api.addHook('onRoute', ({ url, method, schema }) => {
    if (schema?.tags === undefined) return;
    methods.set(url, [...(methods.get(url) ?? []), ...[method].flat()]);
  });
  return () => ({
    api: { title: 'Instance Tasks', links: { describedBy: '/openapi.json', help: '/docs' } },
    resources: Object.fromEntries([...methods].map(([url, allow]) => [`rel${templateOf(url)}`, resource(url, allow)])),
  });
}

const variables = /:(\w+)/g;
const templateOf = (url: string): string => url.replaceAll(variables, '{$1}');

function resource(url: string, allow: readonly string[]) {
  const names = [...url.matchAll(variables)].flatMap(([, name]) => name ?? []);
  const hints = { allow };
  if (names.length === 0) return { href: url, hints };
  const hrefVars: Record<string, string> = {};
  for (const name of names) hrefVars[name] = `${name} of the path`;
  return { hrefTemplate: templateOf(url), hrefVars, hints };
}
