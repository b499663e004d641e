/** Learning how a task of any instance has ended, for one that comes after it. */
import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { hasEnded, taskWorkflowId, type EndedTaskStatus } from '../src/model/task.ts';
import type { executeTaskOnInstance } from '../workflows/engine/execute-task.ts';
import { taskQuery } from '../workflows/messages.ts';

/** Lists are a moment behind: a task that was asked for just now may not be found yet. */
const patienceMs = 5_000;

/** Looks once. Throws a retryable failure while the task has not ended, so that nobody is kept busy by the wait. */
export async function endOfTask(client: Client, taskId: string): Promise<EndedTaskStatus | null> {
  const status = (await statusByItself(client, taskId)) ?? (await statusByInstance(client, taskId));
  if (status === null && Date.now() - activityInfo().scheduledTimestampMs > patienceMs) return null;
  if (status !== null && hasEnded(status)) return status;
  throw ApplicationFailure.create({
    type: 'TaskHasNotEnded',
    message: status === null ? `task ${taskId} is not known yet` : `task ${taskId} is ${status}`,
    category: 'BENIGN',
  });
}

/** What its own workflow says; null while it has none. One that was ended from outside has failed. */
async function statusByItself(client: Client, taskId: string) {
  const handle: WorkflowHandle<typeof executeTaskOnInstance> = client.workflow.getHandle(taskWorkflowId(taskId));
  try {
    const { status } = await handle.describe();
    if (status.name === 'COMPLETED') return (await handle.result()).status;
    return status.name === 'RUNNING' || status.name === 'PAUSED' ? 'RUNNING' : 'FAILED';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** What its instance says of a task that waits, or has ended without having started. */
async function statusByInstance(client: Client, taskId: string) {
  const query = `WorkflowType = 'instance' AND QueuedTasks = '${taskId}'`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    const task = await client.workflow.getHandle(workflowId).query(taskQuery, taskId);
    if (task !== null) return task.status;
  }
  return null;
}
