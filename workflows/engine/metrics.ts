import { metricMeter } from '@temporalio/workflow';
import type { EndedTask } from '../../src/model/task.ts';

/**
 * Counts an ended task: how many of each operation end how, and how long they take. The SDK's meter stays silent on
 * replay, so a task is counted once however often its worker is restarted.
 */
export function measure({ operation, status, startedAt, endedAt }: EndedTask): void {
  const tags = { operation, status };
  metricMeter.createCounter('instance_tasks_ended', '1', 'Tasks that have ended').add(1, tags);
  if (startedAt === null) return;
  metricMeter
    .createHistogram('instance_task_duration', 'int', 'ms', 'From the start of a task to its end')
    .record(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)), tags);
}
