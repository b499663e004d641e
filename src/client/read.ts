/** Reading instances and tasks: what their workflows answer, joined. */
import { setTimeout as delay } from 'node:timers/promises';
import { QueryNotRegisteredError, WorkflowFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { withChanges, type InstanceRecord } from '../model/instance.ts';
import { hasEnded, instanceWorkflowId, taskWorkflowId, toTask, type EndedTask, type Task } from '../model/task.ts';
import type { executeTaskOnInstance } from '../../workflows/engine/execute-task.ts';
import { instanceQuery, taskQuery, tasksQuery } from '../../workflows/messages.ts';
import { NotFoundError } from './errors.ts';
import { call, query, translate } from './gateway.ts';
import { findInstanceQueueing } from './lists.ts';

/** A handle on the workflow of a task. */
export const taskHandle = (client: Client, taskId: string): WorkflowHandle<typeof executeTaskOnInstance> =>
  client.workflow.getHandle(taskWorkflowId(taskId));

/** The record, with what its task has made of it so far: the task_state of its step, or what it changed at its end. */
export async function readInstance(client: Client, instanceId: string): Promise<InstanceRecord> {
  const { instance, runningTaskId } = await query(client, instanceWorkflowId(instanceId), instanceQuery);
  if (runningTaskId === null) return instance;
  const task = await readOwn(client, runningTaskId);
  if (task === null) return instance;
  // The instance hears of the end a moment after it.
  if ('changes' in task) return withChanges(instance, task.changes, task.endedAt);
  return { ...instance, taskState: task.taskState };
}

/** The tasks that the instance still has in its log, and those that run or wait; oldest first. */
export async function readTasks(client: Client, instanceId: string): Promise<Task[]> {
  const tasks = await query(client, instanceWorkflowId(instanceId), tasksQuery);
  const known = new Set(tasks.map(({ id }) => id));
  const refreshed = tasks.map(async (task) => {
    const current = await refresh(client, task);
    // The instance hears of sub-tasks at the end of their task.
    const unheardOf = (current.subTasks ?? []).filter((id) => !known.has(id));
    const subTasks = await Promise.all(unheardOf.map((id) => readRunningTask(client, id)));
    return [current, ...subTasks.filter((subTask) => subTask !== null)];
  });
  return (await Promise.all(refreshed)).flat();
}

/** A task that its instance has told of, as it is now: the instance hears of its start and its end only. */
export async function refresh(client: Client, task: Task): Promise<Task> {
  if (hasEnded(task.status) || task.startedAt === null) return task;
  return (await readRunningTask(client, task.id)) ?? task;
}

/** A task that was asked for a moment ago and waits is found by a list, which is a moment behind: pauses between looks. */
const pausesBetweenLooksMs = [100, 300, 600];

/** A task by its id alone, at any time of its life. Throws {@link NotFoundError}. */
export async function readTask(client: Client, taskId: string): Promise<Task> {
  for (const pause of [0, ...pausesBetweenLooksMs]) {
    await delay(pause);
    const task = await findTask(client, taskId);
    if (task !== null) return task;
  }
  throw new NotFoundError(`there is no task ${taskId}`);
}

async function findTask(client: Client, taskId: string): Promise<Task | null> {
  const own = await readRunningTask(client, taskId);
  if (own !== null) return own;
  const instanceId = await instanceOfTask(client, taskId);
  return instanceId === null ? null : query(client, instanceWorkflowId(instanceId), taskQuery, taskId);
}

/** What a task's own workflow says; null where it has none, or none that could answer. */
async function readRunningTask(client: Client, taskId: string): Promise<Task | null> {
  const task = await readOwn(client, taskId);
  return task !== null && 'changes' in task ? toTask(task) : task;
}

/** The same with what an ended task changed: its result once it has ended, its answer while it runs. */
async function readOwn(client: Client, taskId: string): Promise<Task | EndedTask | null> {
  const subject = `task ${taskId}`;
  const handle = taskHandle(client, taskId);
  try {
    const { status } = await call(client, subject, () => handle.describe());
    if (status.name === 'COMPLETED') return await call(client, subject, () => handle.result());
    if (status.name === 'RUNNING') return await query(client, taskWorkflowId(taskId), taskQuery);
    return null;
  } catch (error) {
    // A recovery answers for itself once it has read what it is to recover.
    if (error instanceof NotFoundError || error instanceof QueryNotRegisteredError) return null;
    throw error;
  }
}

/** The instance that knows a task which has no workflow, or none that could answer. */
export async function instanceOfTask(client: Client, taskId: string): Promise<string | null> {
  const found = await findInstanceQueueing(client, taskId);
  if (found !== null) return found;
  try {
    const { typedSearchAttributes } = await taskHandle(client, taskId).describe();
    return typedSearchAttributes.get({ name: 'InstanceId', type: 'KEYWORD' }) ?? null;
  } catch {
    return null;
  }
}

/** Between looks at a task that waits for its turn, or whose instance has not yet heard that it is lost. */
const firstPauseMs = 50;
const lastPauseMs = 1_000;

/**
 * Waits until a task has ended. Whoever reads the instance next sees what it changed, and whoever asks it for the next
 * task is not told that this one is in the way. Throws the signal's reason when it is aborted.
 */
export async function waitFor(client: Client, { id, instanceId }: Task, signal?: AbortSignal): Promise<Task> {
  for (let pause = firstPauseMs; ; pause = Math.min(2 * pause, lastPauseMs)) {
    const own = await ownEnd(client, id, signal);
    if (own !== 'absent' && own !== 'lost') return toTask(own);
    const task = await query(client, instanceWorkflowId(instanceId), taskQuery, id);
    if (task === null) return readTask(client, id);
    if (hasEnded(task.status)) return task;
    await delay(pause, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** The end of the task's own workflow. `absent`: there is none yet; `lost`: it was ended from outside. */
async function ownEnd(
  client: Client,
  taskId: string,
  signal: AbortSignal | undefined,
): Promise<EndedTask | 'absent' | 'lost'> {
  const result = () => taskHandle(client, taskId).result();
  try {
    // A signal of its own for each call: the client leaves a listener on it for good.
    return await (signal === undefined
      ? result()
      : client.connection.withAbortSignal(AbortSignal.any([signal]), result));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof WorkflowFailedError) return 'lost';
    const translated = translate(error, `task ${taskId}`);
    if (translated instanceof NotFoundError) return 'absent';
    throw translated;
  }
}
