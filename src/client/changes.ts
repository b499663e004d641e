/** What a copy of the lists is kept up to date from. */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { taskWorkflowId } from '../model/task.ts';
import { toInstanceRow, toTaskRow, type InstanceRow } from './rows.ts';
import { page, quoted } from './visibility.ts';

/** An instance as lists have it; one that is not `present` is `deleted`, or `lost`: its workflow was ended from outside. */
export interface ListedInstance extends Omit<InstanceRow, 'taskState'> {
  readonly presence: 'present' | 'deleted' | 'lost';
}

/** All that visibility has of instances, and of what changes them. */
export class InstanceChanges {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** See {@link changedInstances}. */
  changedInstances(since: Date | null): AsyncGenerator<ListedInstance[]> {
    return changedInstances(this.#client, since);
  }

  /** See {@link runningTaskStates}. */
  runningTaskStates(): Promise<Map<string, string | null>> {
    return runningTaskStates(this.#client);
  }
}

/** Rows of a page: a memo may take 64 KiB. */
const rowsPerPage = 250;

/**
 * All instances, or those that have changed or ended since `since`, page by page; newest first. A create that was
 * refused leaves no instance.
 */
async function* changedInstances(client: Client, since: Date | null): AsyncGenerator<ListedInstance[]> {
  const time = since && quoted(since.toISOString());
  const where = [
    `WorkflowType = 'instance'`,
    `ExecutionStatus != 'ContinuedAsNew'`,
    ...(time === null ? [] : [`(UpdatedAt >= ${time} OR CloseTime >= ${time})`]),
  ];
  let next: string | null = null;
  do {
    const options: { limit: number; page?: string } = { limit: rowsPerPage, ...(next !== null && { page: next }) };
    const found = await page(client, where, options, toListed);
    next = found.next;
    yield found.rows.filter((row) => row !== null);
  } while (next !== null);
}

function toListed(info: WorkflowExecutionInfo): ListedInstance | null {
  const row = toInstanceRow(info);
  const { name } = info.status;
  if (name === 'RUNNING') return { ...row, presence: 'present' };
  if (name !== 'COMPLETED') return { ...row, presence: 'lost' };
  return row.vmState === 'deleted' ? { ...row, presence: 'deleted' } : null;
}

/** By instance, what its running task does to it. */
export async function runningTaskStates(client: Client): Promise<Map<string, string | null>> {
  const where = [`WorkflowId STARTS_WITH '${taskWorkflowId('')}'`, `ExecutionStatus = 'Running'`];
  const states = new Map<string, string | null>();
  let next: string | null = null;
  do {
    const options: { limit: number; page?: string } = { limit: 1_000, ...(next !== null && { page: next }) };
    const found = await page(client, where, options, toTaskRow);
    next = found.next;
    for (const { instanceId, taskState } of found.rows) states.set(instanceId, taskState);
  } while (next !== null);
  return states;
}
