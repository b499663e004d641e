/** What a task of a host needs of the instances there, and of the host's books. */
import {
  ApplicationFailure,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import type { InstanceOnHost } from '../src/model/host-task.ts';
import { finalVmState } from '../src/model/states.ts';
import { hasEnded, hostWorkflowId, instanceWorkflowId, taskWorkflowId, type TaskRequest } from '../src/model/task.ts';
import type { executeTaskOnInstance } from '../workflows/engine/execute-task.ts';
import { hostQuery, instanceQuery, submitTask, taskQuery } from '../workflows/messages.ts';

/** Ids of the instances that have a claim on the host, the oldest first. */
export async function instancesWithRoomOn(client: Client, host: string): Promise<string[]> {
  const { claims } = await client.workflow.getHandle(hostWorkflowId(host)).query(hostQuery);
  return [...new Set(claims.map(({ instanceId }) => instanceId))];
}

/** The instance by its own word; null when it is gone. */
export async function lookAtInstance(client: Client, id: string): Promise<InstanceOnHost | null> {
  try {
    const handle = client.workflow.getHandle(instanceWorkflowId(id));
    const { instance, runningTaskId } = await handle.query(instanceQuery);
    const { name, vmState, residence } = instance;
    if (vmState === finalVmState) return null;
    const running = runningTaskId === null ? null : await handle.query(taskQuery, runningTaskId);
    const busyWith = running && !hasEnded(running.status) ? { taskId: running.id, operation: running.operation } : null;
    return { id, name, vmState, host: residence?.host ?? null, busyWith };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** Asks the instance for the task. The same request again finds the same task. */
export async function submitToInstance(client: Client, task: TaskRequest): Promise<string | null> {
  const instance = client.workflow.getHandle(instanceWorkflowId(task.instanceId));
  try {
    await instance.executeUpdate(submitTask, { args: [{ task, ifBusy: 'queue' }], updateId: task.id });
    return null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'there is no such instance any more';
    const refusal = error instanceof WorkflowUpdateFailedError ? error.cause : null;
    if (refusal instanceof ApplicationFailure && refusal.nonRetryable === true) return refusal.message;
    throw error;
  }
}

/** What the task itself says of its failure, without what only admins may see. */
export async function faultOfTask(client: Client, taskId: string): Promise<string | null> {
  const handle: WorkflowHandle<typeof executeTaskOnInstance> = client.workflow.getHandle(taskWorkflowId(taskId));
  // One that was ended from outside, or has never begun, has nothing to say.
  const ended = await handle.result().catch(() => null);
  const fault = ended?.fault ?? null;
  return fault && `${fault.code}: ${fault.message}`;
}

/** Whether the workflow is there and has not ended. */
export async function isWorkflowRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING' || status.name === 'PAUSED';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
