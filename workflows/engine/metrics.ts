import { metricMeter } from '@temporalio/workflow';
import type { EndedTask } from '../../src/model/task.ts';

// The SDK's meter stays silent on replay, so that a task is counted once however often its worker is restarted.
const ended = metricMeter.createCounter('instance_tasks_ended', '1', 'Tasks that have ended');
const duration = metricMeter.createHistogram(
  'instance_task_duration',
  'int',
  'ms',
  'From the start of a task to its end',
);

/** Counts an ended task: how many of each operation end how, and how long they take. */
export function measure({ operation, status, startedAt, endedAt }: EndedTask): void {
  const tags = { operation, status };
  ended.add(1, tags);
  if (startedAt !== null) duration.record(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)), tags);
}
