/** Pause, resume, cancel and force-complete of a task by its id, wherever it stands. */
import type { Client } from '@temporalio/client';
import {
  hasEnded,
  instanceWorkflowId,
  taskWorkflowId,
  type ActorAndReason,
  type Task,
  type TaskVerb,
} from '../model/task.ts';
import { taskUpdates } from '../../workflows/messages.ts';
import { NotFoundError, TaskVerbRefusedError } from './errors.ts';
import { update } from './gateway.ts';
import { instanceOfTask, readTask } from './read.ts';

/** Tells a task something. Throws {@link TaskVerbRefusedError} with the reason when it cannot heed it. */
export async function control(
  client: Client,
  verb: TaskVerb,
  taskId: string,
  who: Partial<ActorAndReason>,
): Promise<Task> {
  try {
    return await update(client, taskWorkflowId(taskId), taskUpdates[verb], [who]);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    return controlWithoutWorkflow(client, verb, taskId, who);
  }
}

/** The task waits, or has ended, or is just being started. */
async function controlWithoutWorkflow(
  client: Client,
  verb: TaskVerb,
  taskId: string,
  who: Partial<ActorAndReason>,
): Promise<Task> {
  const task = await readTask(client, taskId);
  if (hasEnded(task.status)) {
    throw new TaskVerbRefusedError(`the task has ended: it is ${task.status}`, verb, task.status);
  }
  const instanceId = task.instanceId || (await instanceOfTask(client, taskId)) || '';
  return update(client, instanceWorkflowId(instanceId), taskUpdates[verb], [{ ...who, taskId }]);
}
