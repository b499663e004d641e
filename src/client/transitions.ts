/** The transitions of a task, as the history of its workflow tells of them. */
import { defaultPayloadConverter, type Client } from '@temporalio/client';
import type { TaskTransition } from '../model/task-change.ts';
import { parseActivityId } from '../model/task-history.ts';
import { hasEnded, taskStatuses, taskWorkflowId, type Direction, type Task, type TaskStatus } from '../model/task.ts';
import { NotFoundError } from './errors.ts';
import { translate } from './gateway.ts';
import { readTask, waitFor } from './read.ts';
import { SharedSequences } from './shared-sequence.ts';
import { historyEvents, type HistoryEvent } from './task-history.ts';

const shared = new WeakMap<Client, SharedSequences<TaskTransition>>();

/**
 * The changes that history tells of, from its start or from a cursor on, until the task has ended. However many watch a
 * task, it is read once: a server allows no more than some hundreds of long polls.
 */
export async function* readTransitions(
  client: Client,
  task: Task,
  { cursor = '0', signal }: { readonly cursor?: string; readonly signal: AbortSignal },
): AsyncGenerator<TaskTransition> {
  const ofClient = shared.get(client) ?? new SharedSequences<TaskTransition>();
  shared.set(client, ofClient);
  for await (const transition of ofClient.read(task.id, (unread) => readAll(client, task, unread), signal)) {
    if (isBehind(transition.cursor, cursor)) yield transition;
  }
}

async function* readAll(client: Client, task: Task, signal: AbortSignal): AsyncGenerator<TaskTransition> {
  if (!(await hasWorkflow(client, task, signal))) {
    const ended = await readTask(client, task.id);
    yield { kind: 'ended', cursor: lastCursor, at: ended.endedAt ?? ended.createdAt, task: ended };
    return;
  }
  yield* readHistory(client, task.id, signal);
  const ended = await waitFor(client, task, signal);
  yield { kind: 'ended', cursor: lastCursor, at: ended.endedAt ?? '', task: ended };
}

/** The changes of a task and, where each was begun, of its sub-tasks: their cursors follow that of their beginning. */
async function* readHistory(client: Client, taskId: string, signal: AbortSignal): AsyncGenerator<TaskTransition> {
  const reader = new HistoryReader();
  for await (const event of historyEvents(client, taskId, signal)) {
    yield* reader.toChanges(event);
    const subTask = subTaskIn(event);
    if (subTask === null) continue;
    for await (const change of readHistory(client, subTask.id, signal)) {
      yield { ...change, cursor: `${String(event.eventId)}/${change.cursor}`, subTask };
    }
  }
}

const lastCursor = 'end';

/** Whether a cursor comes after another: events of a history by their numbers, each followed by those within it. */
function isBehind(cursor: string, other: string): boolean {
  if (cursor === lastCursor || other === lastCursor) return other !== lastCursor;
  const [own, theirs] = [cursor, other].map((each) => each.split('/').map(Number));
  const [one = 0, within = 0] = own ?? [];
  const [another = 0, withinOther = 0] = theirs ?? [];
  return one > another || (one === another && within > withinOther);
}

/** Waits until the task has a workflow; false when it has ended without. */
async function hasWorkflow(client: Client, task: Task, signal: AbortSignal): Promise<boolean> {
  for (let pause = 10; ; pause = Math.min(2 * pause, 1_000)) {
    signal.throwIfAborted();
    try {
      await client.workflow.getHandle(taskWorkflowId(task.id)).describe();
      return true;
    } catch (error) {
      const translated = translate(error, `task ${task.id}`);
      if (!(translated instanceof NotFoundError)) throw translated;
    }
    const current = await readTask(client, task.id);
    if (hasEnded(current.status)) return false;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Says what events mean, and remembers which activity an event is about. */
class HistoryReader {
  readonly #units = new Map<string, { readonly step: string; readonly direction: Direction }>();

  toChanges(event: HistoryEvent): TaskTransition[] {
    const cursor = String(event.eventId);
    const at = toTime(event);
    if (event.workflowExecutionStartedEventAttributes) return [{ kind: 'status', cursor, at, status: 'RUNNING' }];
    const status = statusIn(event);
    if (status !== null) return [{ kind: 'status', cursor, at, status }];
    const step = this.#stepIn(event);
    return step === null ? [] : [{ kind: 'step', cursor, at, ...step }];
  }

  #stepIn(event: HistoryEvent) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const unit = parseActivityId(scheduled.activityId ?? '');
      if (unit === null) return null;
      this.#units.set(String(event.eventId), unit);
      return { ...unit, state: 'RUNNING' as const };
    }
    const ended =
      (event.activityTaskCompletedEventAttributes && end('COMPLETED', event.activityTaskCompletedEventAttributes)) ??
      (event.activityTaskFailedEventAttributes && end('FAILED', event.activityTaskFailedEventAttributes)) ??
      (event.activityTaskTimedOutEventAttributes && end('TIMED_OUT', event.activityTaskTimedOutEventAttributes)) ??
      (event.activityTaskCanceledEventAttributes && end('ABORTED', event.activityTaskCanceledEventAttributes));
    const unit = ended ? this.#units.get(ended.scheduled) : undefined;
    return ended && unit ? { ...unit, state: ended.state } : null;
  }
}

const end = <State extends string>(state: State, { scheduledEventId }: { scheduledEventId?: unknown }) => ({
  state,
  scheduled: String(scheduledEventId),
});

/** The status that an event announces: what the status of the workflow does not say is upserted. */
function statusIn(event: HistoryEvent): TaskStatus | null {
  const { upsertWorkflowSearchAttributesEventAttributes: upsert } = event;
  if (event.workflowExecutionCompletedEventAttributes) return completedStatus(event);
  const payload = upsert?.searchAttributes?.indexedFields?.['TaskStatus'];
  if (!payload) return null;
  const value: unknown = defaultPayloadConverter.fromPayload(payload);
  const text: unknown = Array.isArray(value) ? value[0] : value;
  return taskStatuses.find((status) => status === text) ?? 'RUNNING';
}

/** The sub-task that an event begins. */
function subTaskIn({
  childWorkflowExecutionStartedEventAttributes: child,
}: HistoryEvent): NonNullable<TaskTransition['subTask']> | null {
  const id = child?.workflowExecution?.workflowId?.slice(taskWorkflowId('').length);
  const operation = child?.workflowType?.name;
  return id && operation ? { id, operation } : null;
}

/** Only COMPLETED is news then: any other end was announced before. */
function completedStatus({ workflowExecutionCompletedEventAttributes: completed }: HistoryEvent): TaskStatus | null {
  const [payload] = completed?.result?.payloads ?? [];
  const result: unknown = payload ? defaultPayloadConverter.fromPayload(payload) : null;
  const isCompleted =
    typeof result === 'object' && result !== null && 'status' in result && result.status === 'COMPLETED';
  return isCompleted ? 'COMPLETED' : null;
}

function toTime({ eventTime }: HistoryEvent): string {
  return new Date(Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1e6).toISOString();
}
