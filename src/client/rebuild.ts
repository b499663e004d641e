import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy, type Client } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import { instanceMemo, type InstanceRecord } from '../model/instance.ts';
import { toSearchAttributes } from '../model/search-attributes.ts';
import { instanceWorkflowId } from '../model/task.ts';
import { instanceQuery, instanceStateQuery } from '../../workflows/messages.ts';
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
  await call(client, workflowId, () =>
    client.workflow.start('instance', {
      workflowId,
      taskQueue: controlTaskQueue,
      // What it was not told of hosts meanwhile it learns anew.
      args: [{ ...state, instance: { ...instance, fencedHosts: [], generation: Math.max(1, instance.generation) } }],
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
