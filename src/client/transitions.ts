/** The transitions of a task, read from the history of its workflow by long poll. */
import { defaultPayloadConverter, type Client } from '@temporalio/client';
import type { TaskTransition } from '../model/task-change.ts';
import { parseActivityId } from '../model/task-history.ts';
import { hasEnded, taskStatuses, taskWorkflowId, type Direction, type Task, type TaskStatus } from '../model/task.ts';
import { NotFoundError } from './errors.ts';
import { translate } from './gateway.ts';
import { readTask, waitFor } from './read.ts';

type HistoryResponse = Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>;
type HistoryEvent = NonNullable<NonNullable<HistoryResponse['history']>['events']>[number];

const longPollMs = 30_000;

/** The changes that history tells of, from its start or from a cursor on, until the task has ended. */
export async function* readTransitions(
  client: Client,
  task: Task,
  { cursor = '0', signal }: { readonly cursor?: string; readonly signal: AbortSignal },
): AsyncGenerator<TaskTransition> {
  if (!(await hasWorkflow(client, task, signal))) {
    const ended = await readTask(client, task.id);
    yield { kind: 'ended', cursor: 'end', at: ended.endedAt ?? ended.createdAt, task: ended };
    return;
  }
  yield* readHistory(client, task.id, cursor, signal);
  const ended = await waitFor(client, task, signal);
  yield { kind: 'ended', cursor: 'end', at: ended.endedAt ?? '', task: ended };
}

/** The changes of a task and, where each was begun, of its sub-tasks: their cursors follow that of their beginning. */
async function* readHistory(
  client: Client,
  taskId: string,
  cursor: string,
  signal: AbortSignal,
): AsyncGenerator<TaskTransition> {
  const [seen, seenOfSubTask = '0'] = cursor.split('/');
  const reader = new HistoryReader(client, taskId, signal);
  for await (const event of reader.events()) {
    // Events before the cursor are read too: they tell what those after it are about.
    const changes = reader.toChanges(event);
    const ahead = Number(event.eventId) - Number(seen);
    if (ahead > 0) yield* changes;
    const subTask = subTaskIn(event);
    if (subTask === null || ahead < 0) continue;
    for await (const change of readHistory(client, subTask.id, ahead === 0 ? seenOfSubTask : '0', signal))
      yield { ...change, cursor: `${String(event.eventId)}/${change.cursor}`, subTask };
  }
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

/** Reads a history as it grows, and remembers which activity an event is about. */
class HistoryReader {
  readonly #client: Client;
  readonly #taskId: string;
  readonly #signal: AbortSignal;
  readonly #units = new Map<string, { readonly step: string; readonly direction: Direction }>();

  constructor(client: Client, taskId: string, signal: AbortSignal) {
    this.#client = client;
    this.#taskId = taskId;
    this.#signal = signal;
  }

  async *events(): AsyncGenerator<HistoryEvent> {
    let nextPageToken: Uint8Array | null = null;
    do {
      this.#signal.throwIfAborted();
      const response: HistoryResponse | null = await this.#poll(nextPageToken);
      if (response === null) continue;
      yield* response.history?.events ?? [];
      nextPageToken = response.nextPageToken;
    } while (nextPageToken === null || nextPageToken.length > 0);
  }

  /** Null when nothing came within one poll. */
  async #poll(nextPageToken: Uint8Array | null): Promise<HistoryResponse | null> {
    const { connection, options, workflowService } = this.#client;
    const request = () =>
      workflowService.getWorkflowExecutionHistory({
        namespace: options.namespace,
        execution: { workflowId: taskWorkflowId(this.#taskId) },
        waitNewEvent: true,
        ...(nextPageToken !== null && { nextPageToken }),
      });
    const withDeadline = () => connection.withDeadline(Date.now() + longPollMs, request);
    try {
      // A signal of its own for each call: the client leaves a listener on it for good.
      return await connection.withAbortSignal(AbortSignal.any([this.#signal]), withDeadline);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (isDeadline(error)) return null;
      throw translate(error, `task ${this.#taskId}`);
    }
  }

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

const isDeadline = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 4;
