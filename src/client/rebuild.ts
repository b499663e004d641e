import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy, type Client } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import { instanceMemo } from '../model/instance-memo.ts';
import type { InstanceRecord } from '../model/instance.ts';
import { toSearchAttributes } from '../model/search-attributes.ts';
import { hostWorkflowId, instanceWorkflowId } from '../model/task.ts';
import { hostQuery, instanceQuery, instanceStateQuery } from '../../workflows/messages.ts';
import { RefusedError, UnreachableError } from './errors.ts';
import { call, query } from './gateway.ts';
import { controlTaskQueue } from './submit.ts';

/**
 * Starts the workflow of an instance again with all that its last run knew; a task that was running goes on by itself
 * meanwhile and is waited for. Throws when the instance is not lost.
 */
export async function rebuildInstance(client: Client, instanceId: string): Promise<InstanceRecord> {
  const workflowId = instanceWorkflowId(instanceId);
  const { status } = await call(client, workflowId, () => client.workflow.getHandle(workflowId).describe());
  if (status.name === 'RUNNING' || status.name === 'COMPLETED') {
    const what = status.name === 'RUNNING' ? 'is not lost: its workflow runs' : 'was deleted';
    throw new RefusedError(`instance ${instanceId} ${what}`);
  }
  const state = await query(client, workflowId, instanceStateQuery);
  const { instance, queue } = state;
  const known = await fencingOf(client, instance);
  await call(client, workflowId, () =>
    client.workflow.start('instance', {
      workflowId,
      taskQueue: controlTaskQueue,
      args: [{ ...state, instance: { ...instance, ...known, generation: Math.max(1, instance.generation) } }],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      staticSummary: `${instance.name}: rebuilt`,
      memo: instanceMemo(instance),
      typedSearchAttributes: toSearchAttributes({
        InstanceId: instanceId,
        InstanceName: instance.name,
        ProjectId: instance.projectId,
        VmState: instance.vmState,
        TaskState: instance.taskState,
        Host: instance.residence?.host ?? null,
        QueuedTasks: queue.length === 0 ? null : queue.map(({ id }) => id),
        CreatedAt: new Date(instance.createdAt),
        UpdatedAt: new Date(),
      }),
    }),
  );
  return (await firstAnswer(client, workflowId)).instance;
}

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
