/** `/os-migrations`, and `/servers/{id}/migrations` to look after a live migration that is under way. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { hasRole, isAdmin } from '../../authentication/caller.ts';
import { TaskVerbRefusedError } from '../../client/errors.ts';
import { hasEnded, type Task } from '../../model/task.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { BadRequest, NotFound } from '../http-error.ts';
import { serverOf } from './asking.ts';
import { parseBody } from './complaint.ts';
import {
  isMigration,
  migrationNumber,
  movingOperations,
  toLiveMigration,
  toMigration,
  type MigratingTask,
} from './migration-view.ts';
import type { NovaContext } from './nova-context.ts';
import { forbiddenByPolicy } from './policy-words.ts';
import { since } from './since.ts';

const byId = z.object({ id: z.string() });
const byMigration = byId.extend({ migration: z.string() });
const forceComplete = z.strictObject({ force_complete: z.null() });
const filters = z.object({
  instance_uuid: z.string().optional(),
  status: z.string().optional(),
  migration_type: z.string().optional(),
  limit: z.coerce.number().int().min(0).max(1_000).default(1_000),
});

/** Adds its routes. */
export function addMigrations(api: Api, context: NovaContext): void {
  addList(api, context);
  addOfServer(api, context);
}

function addList(api: Api, context: NovaContext): void {
  api.get('/os-migrations', { schema: { querystring: filters } }, async (request) => {
    if (!isAdmin(callerOf(request))) throw forbiddenByPolicy('os-migrations:index');
    const { instance_uuid: id, status, migration_type: type, limit } = request.query;
    const tasks = id === undefined ? await ofAll(context) : await ofOne(context, request, id);
    const migrations = tasks
      .map((task) => toMigration(task, request.microversion))
      .filter((each) => (status ?? each.status) === each.status)
      .filter((each) => type === undefined || !('migration_type' in each) || each.migration_type === type);
    return { migrations: migrations.slice(0, limit) };
  });
}

/** What lists have of them: their hosts are known to each task alone. Those of servers that are gone are left out. */
async function ofAll({ reach, readModel }: NovaContext): Promise<readonly MigratingTask[]> {
  const pages = await Promise.all(
    movingOperations.map((operation) => reach.client.listTasks({ operation, limit: 1_000 })),
  );
  const rows = pages.flatMap((page) => page.rows);
  const present = await readModel.present(rows.map(({ instanceId }) => instanceId));
  return rows
    .filter(({ instanceId }) => present.has(instanceId))
    .sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
}

async function ofOne({ reach }: NovaContext, request: FastifyRequest, id: string): Promise<readonly Task[]> {
  await serverOf(reach, callerOf(request), id);
  return (await reach.client.tasks(id)).filter(isMigration).reverse();
}

function addOfServer(api: Api, { reach }: NovaContext): void {
  const underWay = async (request: FastifyRequest, id: string): Promise<Task[]> => {
    const caller = callerOf(request);
    await serverOf(reach, caller, id);
    if (!hasRole(caller, 'manager')) throw forbiddenByPolicy('servers:migrations:index');
    const tasks = await reach.client.tasks(id);
    return tasks.filter(({ operation, status }) => operation === 'liveMigrate' && !hasEnded(status));
  };
  const one = async (request: FastifyRequest, id: string, migration: string): Promise<Task> => {
    const task = (await underWay(request, id)).find((each) => String(migrationNumber(each.id)) === migration);
    if (task === undefined)
      throw new NotFound(`Migration ${migration} for server ${id} is not live-migration in progress.`);
    return task;
  };
  api.get('/servers/:id/migrations', { onRequest: since(23), schema: { params: byId } }, async (request) => {
    const tasks = await underWay(request, request.params.id);
    return { migrations: tasks.map((task) => toLiveMigration(task, request.microversion)) };
  });
  api.get(
    '/servers/:id/migrations/:migration',
    { onRequest: since(23), schema: { params: byMigration } },
    async (request) => {
      const { id, migration } = request.params;
      return { migration: toLiveMigration(await one(request, id, migration), request.microversion) };
    },
  );
  api.delete(
    '/servers/:id/migrations/:migration',
    { onRequest: since(24), schema: { params: byMigration } },
    async (request, reply) => {
      const { id, migration } = request.params;
      const task = await one(request, id, migration);
      await inTime(reach.client.cancel(task.id, { actor: callerOf(request).userName }));
      return reply.code(202).send();
    },
  );
  api.post(
    '/servers/:id/migrations/:migration/action',
    { onRequest: since(22), schema: { params: byMigration } },
    async (request, reply) => {
      parseBody(forceComplete, request.body);
      const { id, migration } = request.params;
      const task = await one(request, id, migration);
      await inTime(reach.client.forceComplete(task.id, { actor: callerOf(request).userName }));
      return reply.code(202).send();
    },
  );
}

/** What is refused by the task is a bad request in Nova: the migration is not in a state for it. */
async function inTime(told: Promise<Task>): Promise<void> {
  await told.catch((error: unknown) => {
    throw error instanceof TaskVerbRefusedError ? new BadRequest(error.message) : error;
  });
}
