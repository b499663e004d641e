/** What a task waits for besides its turn: a time, another task. */
import type { Task, TaskRequest } from './task.ts';

export type Wait =
  | { readonly kind: 'time'; readonly at: string }
  /** That task, of whatever instance, is to complete. */
  | { readonly kind: 'task'; readonly taskId: string };

type Timing = Pick<TaskRequest, 'startAt' | 'after'> & Pick<Task, 'precededAt'>;

/** What a task that has not started waits for at that moment; null where nothing but its turn has to come. */
export function awaited({ startAt, after, precededAt }: Timing, at: string): Wait | null {
  if (after !== undefined && precededAt === undefined) return { kind: 'task', taskId: after };
  return startAt !== undefined && startAt > at ? { kind: 'time', at: startAt } : null;
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** What is wrong with when a task is to start; null when nothing is. */
export function timingFlaw({ id, startAt, after }: Pick<TaskRequest, 'id' | 'startAt' | 'after'>): string | null {
  if (startAt !== undefined && !isTime(startAt)) return `startAt takes a time such as 2026-01-31T22:00:00.000Z`;
  if (after !== undefined && !uuid.test(after)) return `after takes the id of a task, a UUID`;
  return after === id ? 'a task cannot come after itself' : null;
}

/** Whether it is written as all times are: only then they can be compared as texts. */
function isTime(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}
