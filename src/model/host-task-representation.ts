/** How tasks of hosts are shown to programs, in snake_case as all. */
import { representNote } from './representation.ts';
import type { HostTask, HostTaskPart, HostTaskProblem } from './host-task.ts';

const representPart = ({ instanceId, name, operation, taskId }: HostTaskPart) => ({
  instance_id: instanceId,
  instance_name: name,
  action: operation,
  task_id: taskId,
});

const representProblem = ({ kind, message, ...part }: HostTaskProblem) => ({ ...representPart(part), kind, message });

export const representHostTask = (task: HostTask) => ({
  id: task.id,
  action: task.kind,
  host: task.host,
  status: task.status,
  pause_requested: task.pauseRequested,
  stopped_by: task.stoppedBy,
  concurrency: task.concurrency,
  canaries: task.canaries,
  max_failures: task.maxFailures,
  waiting: task.waiting,
  done: task.done,
  failed: task.failed,
  refused: task.refused,
  running: task.running.map(representPart),
  problems: task.problems.map(representProblem),
  actor: task.actor,
  reason: task.reason,
  notes: task.notes.map(representNote),
  created_at: task.createdAt,
  ended_at: task.endedAt,
});
