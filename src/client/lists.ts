/** Lists of instances, tasks and hosts: what visibility has, a second or so behind the truth. */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { executionInfoFromRaw } from '@temporalio/client/lib/helpers.js';
import type { HostRecord } from '../model/host.ts';
import { searchAttributes, type SearchAttributeName } from '../model/search-attributes.ts';
import { hostQuery } from '../../workflows/messages.ts';
import { AmbiguousNameError, InvalidInputError, NotFoundError } from './errors.ts';
import { call, query } from './gateway.ts';

/** A row of a list of instances. */
export interface InstanceRow {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly vmState: string;
  readonly taskState: string | null;
  /** Admins only. */
  readonly host: string | null;
  readonly image: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A row of a list of tasks. */
export interface TaskRow {
  readonly id: string;
  readonly operation: string;
  readonly status: string;
  readonly taskState: string | null;
  readonly instanceId: string;
  readonly instanceName: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly requestId: string;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

/** A part of a list; `next` asks for the part that follows. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

export interface PageOptions {
  /** Rows at most, 1 to 1000; 100 where absent. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly page?: string;
}

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
}

/** Instances, newest first. */
export async function listInstances(client: Client, filter: InstanceFilter = {}): Promise<Page<InstanceRow>> {
  const { name, projectId, vmState, host, deleted = false } = filter;
  const where = [
    `WorkflowType = 'instance'`,
    ...equal({ InstanceName: name, ProjectId: projectId, VmState: vmState, Host: host }),
    ...(deleted ? [] : [`ExecutionStatus = 'Running'`]),
  ];
  return page(client, where, filter, toInstanceRow);
}

/** Tasks that have been started, newest first; those that wait are known to their instances only. */
export async function listTasks(client: Client, filter: TaskFilter = {}): Promise<Page<TaskRow>> {
  const { instanceId, projectId, operation, status, actor, requestId } = filter;
  const where = [
    'Operation IS NOT NULL',
    ...equal({
      InstanceId: instanceId,
      ProjectId: projectId,
      Operation: operation,
      TaskStatus: status,
      Actor: actor,
      RequestId: requestId,
    }),
  ];
  return page(client, where, filter, toTaskRow);
}

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
  return Promise.all(rows.sort().map((workflowId) => query(client, workflowId, hostQuery)));
}

/** The id of the one instance that a name or an id stands for. Throws {@link NotFoundError} and {@link AmbiguousNameError}. */
export async function resolveInstance(client: Client, nameOrId: string): Promise<string> {
  if (/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(nameOrId)) return nameOrId.toLowerCase();
  const { rows } = await listInstances(client, { name: nameOrId, limit: 20 });
  const [first, ...others] = rows;
  if (first === undefined) throw new NotFoundError(`there is no instance "${nameOrId}"`);
  if (others.length > 0)
    throw new AmbiguousNameError(
      nameOrId,
      rows.map(({ id }) => id),
    );
  return first.id;
}

/** The id of an instance that visibility finds by this condition, or null. */
export async function findInstanceId(client: Client, condition: string): Promise<string | null> {
  const { rows } = await page(client, [`WorkflowType = 'instance'`, condition], { limit: 1 }, toInstanceRow);
  return rows[0]?.id ?? null;
}

const equal = (values: { readonly [Name in SearchAttributeName]?: string | undefined }): string[] =>
  Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`${name} = ${quoted(value)}`]));

const quoted = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

async function page<Row>(
  client: Client,
  where: readonly string[],
  { limit = 100, page: token }: PageOptions,
  toRow: (info: WorkflowExecutionInfo) => Row,
): Promise<Page<Row>> {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
    throw new InvalidInputError([{ path: 'limit', message: 'takes a whole number from 1 to 1000' }]);
  }
  const { namespace, loadedDataConverter } = client.options;
  const { executions, nextPageToken } = await call(client, 'list', () =>
    client.workflowService.listWorkflowExecutions({
      namespace,
      query: where.join(' AND '),
      pageSize: limit,
      ...(token !== undefined && { nextPageToken: Buffer.from(token, 'base64url') }),
    }),
  );
  const infos = await Promise.all(
    executions.map((raw) => executionInfoFromRaw(raw, loadedDataConverter, raw, namespace)),
  );
  const next = nextPageToken.length > 0 ? Buffer.from(nextPageToken).toString('base64url') : null;
  return { rows: infos.map(toRow), next };
}

function keyword({ typedSearchAttributes }: WorkflowExecutionInfo, name: SearchAttributeName): string | null {
  const type = searchAttributes[name];
  if (type === 'KEYWORD' || type === 'TEXT')
    return typedSearchAttributes.get<'KEYWORD' | 'TEXT'>({ name, type }) ?? null;
  return null;
}

function time({ typedSearchAttributes, startTime }: WorkflowExecutionInfo, name: SearchAttributeName): string {
  return (typedSearchAttributes.get({ name, type: 'DATETIME' }) ?? startTime).toISOString();
}

function toInstanceRow(info: WorkflowExecutionInfo): InstanceRow {
  const image: unknown = info.memo?.['image'];
  return {
    id: keyword(info, 'InstanceId') ?? info.workflowId,
    name: keyword(info, 'InstanceName') ?? '',
    projectId: keyword(info, 'ProjectId') ?? '',
    vmState: keyword(info, 'VmState') ?? '',
    taskState: keyword(info, 'TaskState'),
    host: keyword(info, 'Host'),
    image: typeof image === 'string' ? image : null,
    createdAt: time(info, 'CreatedAt'),
    updatedAt: time(info, 'UpdatedAt'),
  };
}

/** A task that was ended from outside has not been able to say so itself. */
function statusOf(info: WorkflowExecutionInfo): string {
  const lost = info.status.name !== 'RUNNING' && info.status.name !== 'COMPLETED';
  return lost ? 'FAILED' : (keyword(info, 'TaskStatus') ?? 'RUNNING');
}

function toTaskRow(info: WorkflowExecutionInfo): TaskRow {
  return {
    id: info.workflowId.slice('task/'.length),
    operation: keyword(info, 'Operation') ?? info.type,
    status: statusOf(info),
    taskState: keyword(info, 'TaskState'),
    instanceId: keyword(info, 'InstanceId') ?? '',
    instanceName: keyword(info, 'InstanceName') ?? '',
    actor: keyword(info, 'Actor') ?? '',
    reason: keyword(info, 'Reason'),
    requestId: keyword(info, 'RequestId') ?? '',
    createdAt: time(info, 'CreatedAt'),
    endedAt: info.closeTime?.toISOString() ?? null,
  };
}
