import { setTimeout as delay } from 'node:timers/promises';
import type { InstanceTasks } from '../../client/client.ts';
import { UnreachableError } from '../../client/errors.ts';
import type { TaskChange } from '../../model/task-change.ts';
import type { Task } from '../../model/task.ts';

/** A server that is started anew takes seconds; after so long somebody should know that it does not come back. */
const patienceMs = 120_000;
const pauseMs = 1_000;

interface Options {
  readonly signal: AbortSignal;
  readonly cursor?: string | undefined;
  /** Whether to look at the progress within units, too. */
  readonly progress: boolean;
  /** Told when Temporal has gone away, and with null when it is back. */
  readonly onTrouble?: (trouble: string | null) => void;
}

/** The changes of a task. When Temporal goes away it is asked again, from where one was, for two minutes. */
export async function* changesOf(client: InstanceTasks, task: Task, options: Options): AsyncGenerator<TaskChange> {
  const { signal, progress, onTrouble } = options;
  let { cursor } = options;
  const sampling = progress ? {} : { progressEveryMs: 0 };
  let troubleSince: number | null = null;
  for (;;) {
    try {
      for await (const change of client.watch(task, { signal, ...sampling, ...(cursor !== undefined && { cursor }) })) {
        if (troubleSince !== null) onTrouble?.(null);
        troubleSince = null;
        yield change;
        if (change.kind === 'ended') return;
        cursor = change.cursor;
      }
      return;
    } catch (error) {
      troubleSince ??= Date.now();
      const isTemporary = error instanceof UnreachableError && Date.now() - troubleSince < patienceMs;
      if (!isTemporary || signal.aborted) throw error;
      onTrouble?.(error.message);
    }
    await delay(pauseMs, undefined, { signal });
  }
}
