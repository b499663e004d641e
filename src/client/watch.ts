/**
 * Watching a task. Its changes are read from the history of its workflow by long poll: watchers cost no history, no
 * change of a step is missed, and whoever knows the cursor of the last one goes on from there.
 */
import { ReadableStream, type ReadableStreamDefaultController } from 'node:stream/web';
import type { Client } from '@temporalio/client';
import type { UnitProgress } from '../model/progress.ts';
import type { TaskChange, TaskTransition } from '../model/task-change.ts';
import type { Task } from '../model/task.ts';
import { meterOf } from './outlook.ts';
import { onProgress } from './progress.ts';
import { readTransitions } from './transitions.ts';

export interface WatchOptions {
  /** The cursor of the last change that was seen. */
  readonly cursor?: string;
  readonly signal?: AbortSignal;
  /** How often to look at the progress within a unit; 0 for never. 1000 where absent. */
  readonly progressEveryMs?: number;
}

/** The changes of a task, from its start or from a cursor on, until it has ended. Throws {@link NotFoundError}. */
export async function* watch(client: Client, task: Task, options: WatchOptions = {}): AsyncGenerator<TaskChange> {
  const { progressEveryMs = 1_000, signal } = options;
  // Whoever stops listening early must not leave a poll behind.
  const left = new AbortController();
  const either = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
  const transitions = readTransitions(client, task, { ...options, signal: either });
  const meter = meterOf(client, task);
  const all =
    progressEveryMs <= 0
      ? transitions
      : withProgress(transitions, options.cursor, (listener, id = task.id) =>
          onProgress(client, id, progressEveryMs, listener),
        );
  try {
    for await (const change of all) {
      if (change.subTask === undefined) meter.heed(change);
      yield { ...change, outlook: meter.outlook(Date.now()) };
    }
  } finally {
    left.abort();
  }
}

/** The changes, and between the start and the end of each unit the samples of its progress. */
function withProgress(
  transitions: AsyncGenerator<TaskTransition>,
  from: string | undefined,
  sample: (listener: (progress: UnitProgress) => void, taskId?: string) => () => void,
): ReadableStream<TaskTransition> {
  let stopSampling = () => {};
  const pump = async (controller: ReadableStreamDefaultController<TaskTransition>) => {
    const sampleAfter = (cursor: string, subTask?: TaskTransition['subTask']) =>
      sample((progress) => {
        const about = { cursor, at: new Date().toISOString(), ...(subTask !== undefined && { subTask }) };
        controller.enqueue({ kind: 'progress', ...about, ...progress });
      }, subTask?.id);
    // Whoever goes on from a cursor may be in the middle of a unit.
    if (from !== undefined) stopSampling = sampleAfter(from);
    try {
      for await (const change of transitions) {
        stopSampling();
        controller.enqueue(change);
        if (change.kind === 'step' && change.state === 'RUNNING')
          stopSampling = sampleAfter(change.cursor, change.subTask);
      }
      controller.close();
    } catch (error) {
      controller.error(error);
    } finally {
      stopSampling();
    }
  };
  return new ReadableStream({ start: (controller) => void pump(controller), cancel: () => stopSampling() });
}
