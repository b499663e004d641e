/** A lost instance gets a workflow again. */
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type Client,
} from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import { instanceMemo } from '../model/instance-memo.ts';
import type { InstanceRecord } from '../model/instance.ts';
import { toSearchAttributes } from '../model/search-attributes.ts';
import { hostWorkflowId, instanceWorkflowId } from '../model/task.ts';
import { hostQuery, instanceQuery, type InstanceState } from '../../workflows/messages.ts';
import { RefusedError, UnreachableError } from './errors.ts';
import { call, query } from './gateway.ts';
import { controlTaskQueue } from './submit.ts';

export const notLost = (instanceId: string): RefusedError =>
  new RefusedError(`instance ${instanceId} is not lost: its workflow runs`);

/** Starts the workflow of a lost instance. Throws {@link RefusedError} where somebody has done so meanwhile. */
export async function startAgain(client: Client, state: InstanceState): Promise<InstanceRecord> {
  const { id } = state.instance;
  const workflowId = instanceWorkflowId(id);
  const known = await fencingOf(client, state.instance);
  const instance = { ...state.instance, ...known, generation: Math.max(1, state.instance.generation) };
  try {
    await call(client, workflowId, () =>
      client.workflow.start('instance', { ...startOptions(instance, state), args: [{ ...state, instance }] }),
    );
  } catch (error) {
    throw error instanceof WorkflowExecutionAlreadyStartedError ? notLost(id) : error;
  }
  return (await firstAnswer(client, workflowId)).instance;
}

const startOptions = (instance: InstanceRecord, { queue }: InstanceState) => ({
  workflowId: instanceWorkflowId(instance.id),
  taskQueue: controlTaskQueue,
  workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
  // One that was deleted meanwhile stays so.
  workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
  staticSummary: `${instance.name}: rebuilt`,
  memo: instanceMemo(instance),
  typedSearchAttributes: toSearchAttributes({
    InstanceId: instance.id,
    InstanceName: instance.name,
    ProjectId: instance.projectId,
    VmState: instance.vmState,
    TaskState: instance.taskState,
    Host: instance.residence?.host ?? null,
    QueuedTasks: queue.length === 0 ? null : queue.map(({ id }) => id),
    CreatedAt: new Date(instance.createdAt),
    UpdatedAt: new Date(),
  }),
});

/** Nobody could tell it meanwhile which of its hosts are fenced. */
async function fencingOf(
  client: Client,
  { fencedHosts, residence, pendingResize }: InstanceRecord,
): Promise<Pick<InstanceRecord, 'fencedHosts'>> {
  const hosts = new Set([fencedHosts ?? [], residence?.host ?? [], pendingResize?.from.host ?? []].flat());
  const isFenced = async (host: string) => Boolean((await query(client, hostWorkflowId(host), hostQuery)).fenced);
  const answers = await Promise.all([...hosts].map(async (host) => ((await isFenced(host)) ? [host] : [])));
  const fenced = answers.flat();
  return fencedHosts === undefined && fenced.length === 0 ? {} : { fencedHosts: fenced };
}

/** A workflow that has just been started answers as soon as a worker has taken it up. */
async function firstAnswer(client: Client, workflowId: string) {
  try {
    return await query(client, workflowId, instanceQuery);
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    await delay(1_000);
    return query(client, workflowId, instanceQuery);
  }
}
