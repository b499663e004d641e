/** What is said of a task that waits for more than its turn. */
import type { Task } from '../../model/task.ts';
import { awaited } from '../../model/waiting.ts';
import { moment } from './time.ts';

/** `until 2026-01-31 22:00:00Z`, `after task …`; null for a task that has started or ended, or waits for its turn only. */
export function waitText(task: Task): string | null {
  if (task.startedAt !== null || task.endedAt !== null) return null;
  const wait = awaited(task, new Date().toISOString());
  if (wait === null) return null;
  return wait.kind === 'time' ? `until ${moment(wait.at)}` : `after task ${wait.taskId}`;
}
