/** What lies ahead of tasks: how far they are, how long they may still take, what a cancel would do. */
import type { Client } from '@temporalio/client';
import { previewCancel, type CancelPreview } from '../model/cancel-preview.ts';
import type { Operation } from '../model/operation.ts';
import type { Outlook } from '../model/progress.ts';
import { TaskMeter } from '../model/task-meter.ts';
import { hasEnded, type Task } from '../model/task.ts';
import { findOperation } from '../operations/index.ts';
import { readDurations } from './durations.ts';
import { readProgress } from './progress.ts';
import { readTask } from './read.ts';

/** A meter for a task that is watched; what past tasks have taken it learns when that is there. */
export function meterOf(client: Client, task: Task): TaskMeter {
  const meter = new TaskMeter(task, declarationOf(task)?.steps ?? []);
  void readDurations(client).then((durations) => (meter.durations = durations?.[task.operation] ?? null));
  return meter;
}

/** What lies ahead of a task, now. */
export async function readOutlook(client: Client, task: Task): Promise<Outlook> {
  const running = !hasEnded(task.status) && task.startedAt !== null;
  const [durations, progress] = await Promise.all([
    readDurations(client),
    // What a unit says of itself is a detail.
    running ? readProgress(client, task.id).catch(() => []) : [],
  ]);
  const meter = new TaskMeter(task, declarationOf(task)?.steps ?? []);
  meter.durations = durations?.[task.operation] ?? null;
  const at = new Date().toISOString();
  for (const unit of progress) meter.heed({ kind: 'progress', cursor: '', at, ...unit });
  return meter.outlook(Date.now());
}

/** What a cancel of a task would do, now. Throws {@link NotFoundError}. */
export async function readCancelPreview(client: Client, taskId: string): Promise<CancelPreview> {
  const [asked, durations] = await Promise.all([readTask(client, taskId), readDurations(client)]);
  // What a task has committed stays: it is its sub-task that heeds the cancel.
  const subTask = hasEnded(asked.status) ? undefined : asked.subTasks?.at(-1);
  const task = subTask === undefined ? asked : await readTask(client, subTask);
  const [lost] = task.recovers ?? [];
  // A recovery has no steps of its own.
  const work = lost === undefined ? task : await readTask(client, lost);
  const { operation, operationVersion } = work;
  return previewCancel(task, findOperation(operation, operationVersion), durations?.[operation] ?? null);
}

/** Null for a declaration that this program does not know (any more). */
export function declarationOf({ operation, operationVersion }: Task): Operation | null {
  try {
    return findOperation(operation, operationVersion);
  } catch {
    return null;
  }
}
