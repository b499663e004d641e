import type { Client } from '@temporalio/client';
import { taskWorkflowId } from '../model/task.ts';
import { call } from './gateway.ts';

interface FailureLike {
  readonly message?: string | null;
  readonly stackTrace?: string | null;
  readonly cause?: FailureLike | null;
}

/** Stack traces of a task's failed units, by activity id. They stay in the task's own history, for admins. */
export async function readTracebacks(client: Client, taskId: string): Promise<Map<string, string>> {
  const { events } = await call(client, `task ${taskId}`, () =>
    client.workflow.getHandle(taskWorkflowId(taskId)).fetchHistory(),
  );
  const activityIds = new Map<string, string>();
  const tracebacks = new Map<string, string>();
  for (const event of events ?? []) {
    const { activityTaskScheduledEventAttributes: scheduled } = event;
    const ended = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
    if (scheduled?.activityId) activityIds.set(String(event.eventId), scheduled.activityId);
    const activityId = ended ? activityIds.get(String(ended.scheduledEventId)) : undefined;
    if (activityId !== undefined && ended?.failure) tracebacks.set(activityId, describe(ended.failure));
  }
  return tracebacks;
}

/** The failure with its causes, as a stack trace is usually read: the outermost first. */
function describe({ message, stackTrace, cause }: FailureLike): string {
  const own = stackTrace ? `${message ?? ''}\n${stackTrace}` : (message ?? '');
  return cause ? `${own}\nCaused by: ${describe(cause)}` : own;
}
