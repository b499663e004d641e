import type { Client } from '@temporalio/client';
import { hasEnded, type Task } from '../model/task.ts';
import { isOperationName } from '../operations/index.ts';
import { TaskVerbRefusedError } from './errors.ts';
import { readTask } from './read.ts';
import { submit, type SubmitOptions } from './submit.ts';

/**
 * Asks for what a failed task asked for once more; what it, or a part of it, has left half done is recovered instead.
 * Throws {@link TaskVerbRefusedError} for a task that has not ended, or has nothing to repeat.
 */
export async function retryTask(client: Client, taskId: string, options: SubmitOptions): Promise<Task> {
  const task = await readTask(client, taskId);
  const { operation, instanceId, input, status } = task;
  if (!hasEnded(status) || status === 'COMPLETED' || !isOperationName(operation) || operation === 'create') {
    throw new TaskVerbRefusedError(`a ${operation} that is ${status} cannot be retried`, 'retry', status);
  }
  const stuck = task.looseEnds ? taskId : await stuckPartOf(client, task);
  if (stuck !== undefined)
    return submit(client, 'recover', instanceId, { decision: 'retry' }, { ...options, recovers: stuck });
  return submit(client, operation, instanceId, input, { ...options, retryOf: taskId });
}

/** The sub-task that has left something. */
async function stuckPartOf(client: Client, { subTasks = [] }: Task): Promise<string | undefined> {
  const parts = await Promise.all(subTasks.map((id) => readTask(client, id)));
  return parts.find(({ looseEnds }) => looseEnds)?.id;
}
