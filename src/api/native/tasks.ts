/** `/server_tasks` and `/servers/{id}/tasks`: asking for tasks, reading and listing them. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { hasEnded, type Task } from '../../model/task.ts';
import { representPlan } from '../../operations/plan-representation.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { isAdmin, type Caller } from '../../authentication/caller.ts';
import { expectRole } from '../policy.ts';
import { Forbidden } from '../http-error.ts';
import { submitterOf, viewerOf, type Reach } from '../reach.ts';
import { link, nextLink, paths, type Query } from './links.ts';
import { newTaskSchema, toRequested, type NewTask } from './new-task.schema.ts';
import { pageAt } from './marker.ts';
import { planSchema } from './foresight.schema.ts';
import { problemAnswers } from './problem-answers.ts';
import { toItems, toTaskResource, toTaskSummary } from './represent-task.ts';
import { actionSchema, itemSchema, stateSchema, taskSchema, taskSummarySchema } from './task.schema.ts';
import { operationOf } from './actions.ts';
import { preferredWaitMs, waitHeaders } from './prefer.ts';

const byId = z.object({ id: z.string().describe('UUID') });
const idempotency = {
  'idempotency-key': z.string().min(1).max(255).optional().describe('the same key again finds the same task'),
} as const;

const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  marker: z.string().optional().describe('of the page before: see its link `next`'),
  since: z.iso.datetime({ offset: true }).optional().describe('started then or later'),
  state: stateSchema.optional(),
  action: actionSchema.optional(),
  actor: z.string().optional().describe('who has asked for it'),
});
const taskListSchema = z
  .object({
    tasks: z.array(taskSummarySchema),
    _links: z.object({ self: z.object({ href: z.string() }), next: z.object({ href: z.string() }).optional() }),
  })
  .meta({ id: 'server_task_list', description: 'newest first; a second or so behind' });
const itemListSchema = z
  .object({ items: z.array(itemSchema), _links: z.object({ self: z.object({ href: z.string() }) }) })
  .meta({ id: 'server_task_item_list' });

/** The routes of tasks. */
export function addTasks(api: Api, reach: Reach): void {
  addReading(api, reach);
  addLists(api, reach);
  addAsking(api, reach);
}

/** The task as it is answered. */
export async function taskResource(reach: Reach, caller: Caller, task: Task) {
  return toTaskResource(task, await reach.client.outlook(task), viewerOf(caller));
}

function addReading(api: Api, reach: Reach): void {
  api.get(
    '/server_tasks/:id',
    {
      schema: {
        summary: 'A task, as it is now',
        tags: ['tasks'],
        params: byId,
        headers: waitHeaders,
        response: { 200: taskSchema, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const task = await reach.task(caller, request.params.id);
      return taskResource(reach, caller, await awaited(reach, task, request, reply));
    },
  );
  api.get(
    '/server_tasks/:id/items',
    {
      schema: {
        summary: 'The steps of a task that have begun or were skipped',
        tags: ['tasks'],
        params: byId,
        response: { 200: itemListSchema, ...problemAnswers },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const task = await reach.task(caller, request.params.id);
      return { items: toItems(task, viewerOf(caller)), _links: { self: link(paths.items(task.id)) } };
    },
  );
}

function addLists(api: Api, reach: Reach): void {
  api.get(
    '/server_tasks',
    {
      schema: {
        summary: 'Tasks of all servers of the project that have been started; of all projects for admins who say so',
        tags: ['tasks'],
        querystring: listQuery.extend({
          server: z.guid().optional(),
          all_projects: z.stringbool().default(false).describe('admins only'),
        }),
        response: { 200: taskListSchema, ...problemAnswers },
      },
    },
    async (request) => {
      const { server, all_projects: everywhere, ...query } = request.query;
      const caller = callerOf(request);
      if (everywhere && !isAdmin(caller)) throw new Forbidden('only an admin may see the tasks of all projects');
      if (server !== undefined) await reach.expectInstance(caller, server);
      const whose = server !== undefined ? { instanceId: server } : everywhere ? {} : { projectId: caller.projectId };
      return listOf(reach, '/server_tasks', request.query, { ...query, ...whose });
    },
  );
  api.get(
    '/servers/:id/tasks',
    {
      schema: {
        summary: 'Tasks of a server that have been started: all that was ever done to it, as long as it is kept',
        tags: ['tasks'],
        params: byId,
        querystring: listQuery,
        response: { 200: taskListSchema, ...problemAnswers },
      },
    },
    async (request) => {
      const { id } = request.params;
      await reach.expectInstance(callerOf(request), id);
      return listOf(reach, paths.serverTasks(id), request.query, { ...request.query, instanceId: id });
    },
  );
}

interface Wanted extends z.infer<typeof listQuery> {
  readonly instanceId?: string;
  readonly projectId?: string;
}

async function listOf(
  reach: Reach,
  path: string,
  query: Query,
  { limit, marker, since, state, action, actor, instanceId, projectId }: Wanted,
): Promise<z.infer<typeof taskListSchema>> {
  const page = reach.client.listTasks({
    limit,
    ...(marker !== undefined && { page: marker }),
    ...(since !== undefined && { since }),
    ...(state !== undefined && { status: state }),
    ...(action !== undefined && { operation: operationOf(action) }),
    ...(actor !== undefined && { actor }),
    ...(instanceId !== undefined && { instanceId }),
    ...(projectId !== undefined && { projectId }),
  });
  const { rows, next } = await pageAt(marker, page);
  return {
    tasks: rows.map(toTaskSummary),
    _links: { self: link(path), ...(next !== null && { next: nextLink(path, query, next) }) },
  };
}

function addAsking(api: Api, reach: Reach): void {
  api.post(
    '/servers/:id/tasks',
    {
      schema: {
        summary: 'Asks for a task; with dry_run, for what it would do',
        tags: ['tasks'],
        params: byId,
        querystring: z.strictObject({
          dry_run: z.stringbool().default(false).describe('a plan, and no effect at all'),
        }),
        headers: waitHeaders.extend(idempotency),
        body: newTaskSchema,
        response: { 200: planSchema, 202: taskSchema, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { id } = request.params;
      await reach.expectInstance(caller, id);
      const requested = toRequested(request.body);
      await reach.expectMayRequest(caller, requested.operation, requested.input, id);
      if (request.body.override_lock) expectRole(caller, 'admin');
      if (request.query.dry_run) {
        const { operation, input } = requested;
        const plan = await reach.client.planRequest(operation, id, input, { queue: request.body.queue });
        return reply.code(200).send(representPlan(plan, viewerOf(caller)));
      }
      const task = await submit(reach, caller, id, request);
      const latest = await awaited(reach, task, request, reply);
      return reply
        .code(202)
        .header('location', paths.task(task.id))
        .send(await taskResource(reach, caller, latest));
    },
  );
}

type Asked = FastifyRequest & {
  readonly body: NewTask;
  readonly headers: { readonly 'idempotency-key'?: string | undefined };
};

function submit({ client }: Reach, caller: Caller, instanceId: string, { body, headers, id }: Asked): Promise<Task> {
  const { operation, input } = toRequested(body);
  const { reason, start_at: startAt, after, queue, override_lock: overrideLock } = body;
  const idempotencyKey = headers['idempotency-key'];
  return client.request(operation, instanceId, input, {
    ...submitterOf(caller, id),
    queue,
    overrideLock,
    ...(reason !== undefined && { reason }),
    ...(startAt !== undefined && { startAt }),
    ...(after !== undefined && { after }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  });
}

/** The task when it has ended, or as it is when the caller does not want to wait any longer. */
async function awaited(
  { client }: Reach,
  task: Task,
  request: { readonly headers: { readonly prefer?: string | undefined } },
  reply: FastifyReply,
): Promise<Task> {
  const milliseconds = preferredWaitMs(request.headers.prefer);
  if (milliseconds === null) return task;
  void reply.header('preference-applied', `wait=${milliseconds / 1_000}`);
  if (hasEnded(task.status)) return task;
  const patience = AbortSignal.timeout(milliseconds);
  return client.waitFor(task, patience).catch((error: unknown) => {
    if (patience.aborted) return client.task(task.id);
    throw error;
  });
}
