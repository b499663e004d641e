/** Lists of instances, tasks and hosts: what visibility has, a second or so behind the truth. */
import type { Client } from '@temporalio/client';
import type { HostRecord } from '../model/host.ts';
import { instanceWorkflowId, taskWorkflowId } from '../model/task.ts';
import { hostQuery } from '../../workflows/messages.ts';
import { runningTaskStates } from './changes.ts';
import { AmbiguousNameError, NotFoundError } from './errors.ts';
import { call, query as ask } from './gateway.ts';
import { toInstanceRow, toTaskRow, type InstanceRow, type TaskRow } from './rows.ts';
import { equal, page, quoted, type Page, type PageOptions } from './visibility.ts';

export interface InstanceFilter extends PageOptions {
  readonly name?: string;
  readonly projectId?: string;
  readonly vmState?: string;
  readonly host?: string;
  /** Deleted instances too, as long as the retention keeps them. */
  readonly deleted?: boolean;
}

export interface TaskFilter extends PageOptions {
  readonly instanceId?: string;
  readonly projectId?: string;
  readonly operation?: string;
  readonly status?: string;
  readonly actor?: string;
  readonly requestId?: string;
  /** The task that they are parts of, or that they recover. */
  readonly parentTask?: string;
  /** ISO 8601: those that have been started then or later. */
  readonly since?: string;
}

/** Instances, newest first. */
export async function listInstances(client: Client, filter: InstanceFilter = {}): Promise<Page<InstanceRow>> {
  const { name, projectId, vmState, host, deleted = false } = filter;
  const where = [
    `WorkflowType = 'instance'`,
    ...equal({ InstanceName: name, ProjectId: projectId, VmState: vmState, Host: host }),
    deleted
      ? `(ExecutionStatus = 'Running' OR (ExecutionStatus = 'Completed' AND VmState = 'deleted'))`
      : `ExecutionStatus = 'Running'`,
  ];
  const { rows, next } = await page(client, where, filter, toInstanceRow);
  const states = rows.length === 0 ? new Map<string, string | null>() : await runningTaskStates(client);
  return { rows: rows.map((row) => ({ ...row, taskState: states.get(row.id) ?? null })), next };
}

/** What lists say of these instances; those that have ended are left out. A hundred ids at most. */
export async function listInstancesById(
  client: Client,
  ids: readonly string[],
): Promise<readonly Omit<InstanceRow, 'taskState'>[]> {
  const where = [`WorkflowType = 'instance'`, `ExecutionStatus = 'Running'`, among(ids)];
  return (await page(client, where, { limit: 1_000 }, toInstanceRow)).rows;
}

/** Which of these instances are deleted, as far as the namespace still knows. A hundred ids at most. */
export async function listDeletedInstances(client: Client, ids: readonly string[]): Promise<string[]> {
  const where = [`WorkflowType = 'instance'`, `ExecutionStatus = 'Completed'`, `VmState = 'deleted'`, among(ids)];
  return (await page(client, where, { limit: 1_000 }, toInstanceRow)).rows.map(({ id }) => id);
}

/** Which of these instances a task is changing. A hundred ids at most. */
export async function listBusyInstances(client: Client, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await page(client, [isTask, `ExecutionStatus = 'Running'`, among(ids)], { limit: 1_000 }, toTaskRow);
  return new Set(rows.map(({ instanceId }) => instanceId));
}

const among = (ids: readonly string[]): string => `InstanceId IN (${ids.map(quoted).join(', ')})`;

/** Tasks that have been started, newest first; those that wait are known to their instances only. */
export async function listTasks(client: Client, filter: TaskFilter = {}): Promise<Page<TaskRow>> {
  const { instanceId, projectId, operation, status, actor, requestId, parentTask, since } = filter;
  const where = [
    isTask,
    ...equal({
      InstanceId: instanceId,
      ProjectId: projectId,
      Actor: actor,
      RequestId: requestId,
      ParentTask: parentTask,
    }),
    ...(operation === undefined ? [] : [`WorkflowType = ${quoted(operation)}`]),
    ...(status === undefined ? [] : [statusCondition(status)]),
    ...(since === undefined ? [] : [`StartTime >= ${quoted(new Date(since).toISOString())}`]),
  ];
  return page(client, where, filter, toTaskRow);
}

const isTask = `WorkflowId STARTS_WITH '${taskWorkflowId('')}'`;

/** How a status is found: see the attribute TaskStatus. */
function statusCondition(status: string): string {
  const is = `TaskStatus = ${quoted(status)}`;
  if (status === 'RUNNING') return `ExecutionStatus = 'Running' AND TaskStatus IS NULL`;
  if (status === 'COMPLETED') return `ExecutionStatus = 'Completed' AND TaskStatus IS NULL`;
  return status === 'FAILED' ? `(${is} OR ${endedFromOutside})` : is;
}

const endedFromOutside = `ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut', 'Canceled')`;

/** The hosts, by name. */
export async function listHosts(client: Client): Promise<HostRecord[]> {
  const rows: string[] = [];
  const where = [`WorkflowType = 'host'`, `ExecutionStatus = 'Running'`];
  let next: string | undefined;
  do {
    const found = await page(client, where, next === undefined ? {} : { page: next }, ({ workflowId }) => workflowId);
    rows.push(...found.rows);
    next = found.next ?? undefined;
  } while (next !== undefined);
  return Promise.all(rows.sort().map((workflowId) => ask(client, workflowId, hostQuery)));
}

/**
 * Instances that are neither running nor deleted: their workflow was ended from outside, and `rebuild` brings them back.
 * Newest first; a hundred at most.
 */
export async function listLostInstances(
  client: Client,
  { name, projectId }: Pick<InstanceFilter, 'name' | 'projectId'> = {},
): Promise<InstanceRow[]> {
  const where = [`WorkflowType = 'instance'`, endedFromOutside, ...equal({ InstanceName: name, ProjectId: projectId })];
  const { rows } = await page(client, where, {}, toInstanceRow);
  const each = [...new Map(rows.map((row) => [row.id, row])).values()];
  const lost = await Promise.all(each.map(async (row) => isLost(client, row.id)));
  return each.filter((_row, index) => lost[index]).map((row) => ({ ...row, taskState: null }));
}

/** Lists have a row for each run of a workflow; what counts is how the last one is. */
export async function isLost(client: Client, instanceId: string): Promise<boolean> {
  const workflowId = instanceWorkflowId(instanceId);
  const { status } = await call(client, workflowId, () => client.workflow.getHandle(workflowId).describe());
  return status.name !== 'RUNNING' && status.name !== 'COMPLETED';
}

/**
 * The id of the one instance that a name or an id stands for; a lost one is found where no other has the name.
 * Throws {@link NotFoundError} and {@link AmbiguousNameError}.
 */
export async function resolveInstance(client: Client, nameOrId: string): Promise<string> {
  if (/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(nameOrId)) return nameOrId.toLowerCase();
  const { rows: present } = await listInstances(client, { name: nameOrId, limit: 20 });
  const rows = present.length > 0 ? present : await listLostInstances(client, { name: nameOrId });
  const [first, ...others] = rows;
  if (first === undefined) throw new NotFoundError(`there is no instance "${nameOrId}"`);
  if (others.length > 0)
    throw new AmbiguousNameError(
      nameOrId,
      rows.map(({ id }) => id),
    );
  return first.id;
}

/** The instance in whose queue a task waits, or null. */
export async function findInstanceQueueing(client: Client, taskId: string): Promise<string | null> {
  const where = [`WorkflowType = 'instance'`, ...equal({ QueuedTasks: taskId })];
  const { rows } = await page(client, where, { limit: 1 }, toInstanceRow);
  return rows[0]?.id ?? null;
}
