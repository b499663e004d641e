import { representTask, type Viewer } from '../../model/representation.ts';
import type { Outlook } from '../../model/progress.ts';
import type { Task } from '../../model/task.ts';
import type { TaskRow } from '../../client/rows.ts';
import type { z } from 'zod';
import { actionOf } from './actions.ts';
import { link, paths } from './links.ts';
import { stateSchema, type itemSchema, type TaskResource, type TaskSummary } from './task.schema.ts';

const linksOf = (taskId: string, serverId: string): TaskSummary['_links'] => ({
  self: link(paths.task(taskId)),
  describedby: link(paths.schema('server_task')),
  'rel/server_task_items': link(paths.items(taskId)),
  'rel/server': link(paths.server(serverId)),
});

/** A task by its own word. */
export function toTaskResource(task: Task, { progress, remainingMs, slow }: Outlook, viewer: Viewer): TaskResource {
  const { action, instance_id, items: _items, user_id, project_id: _project, ...rest } = representTask(task, viewer);
  return {
    ...rest,
    action: actionOf(action, task.input),
    operation: action,
    server_id: instance_id,
    created_by: user_id,
    progress,
    remaining_ms: remainingMs === null ? null : Math.round(remainingMs),
    slow,
    input: viewer.hosts ? rest.input : withoutHost(rest.input),
    notes: [...rest.notes],
    verbs: [...rest.verbs],
    recovers: [...rest.recovers],
    sub_tasks: [...rest.sub_tasks],
    _links: linksOf(task.id, instance_id),
  };
}

/** Where an admin has sent it is not for its owner to know. */
function withoutHost(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('host' in input)) return input;
  const { host: _host, ...rest } = input;
  return rest;
}

/** A task as a list has it. */
export const toTaskSummary = (row: TaskRow): TaskSummary => ({
  id: row.id,
  action: actionOf(row.operation),
  operation: row.operation,
  // The server's list knows no other words; one of a later version would be news.
  state: stateSchema.catch('RUNNING').parse(row.status),
  server_id: row.instanceId,
  created_at: row.createdAt,
  started_at: row.startedAt,
  ended_at: row.endedAt,
  actor: row.actor,
  reason: row.reason,
  request_id: row.requestId,
  _links: linksOf(row.id, row.instanceId),
});

/** The steps of a task that have begun, or were skipped, in order. */
export const toItems = (task: Task, viewer: Viewer): z.infer<typeof itemSchema>[] =>
  representTask(task, viewer).items.map(({ step, unit: _unit, ...item }) => ({
    ...item,
    task_id: task.id,
    action: step,
    created_at: item.started_at ?? task.createdAt,
  }));
