/** Reads what a lost task had done from its own history, which outlives it. */
import { ApplicationFailure, Context, sleep } from '@temporalio/activity';
import { defaultPayloadConverter, WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import type { InstanceRecord } from '../src/model/instance.ts';
import { parseActivityId, parseOweId } from '../src/model/task-history.ts';
import { taskWorkflowId, type EndedTask, type TaskRequest } from '../src/model/task.ts';
import type { RecoverInput } from '../src/operations/recover.schema.ts';
import type { ExecutedStep, ExecutedTask, TaskHistory } from '../workflows/control-activities.ts';
import type { executeTaskOnInstance } from '../workflows/engine/execute-task.ts';

type TaskHandle = WorkflowHandle<typeof executeTaskOnInstance>;
type HistoryEvents = NonNullable<Awaited<ReturnType<TaskHandle['fetchHistory']>>['events']>;
type Payload = NonNullable<
  NonNullable<NonNullable<HistoryEvents[number]['workflowExecutionStartedEventAttributes']>['input']>['payloads']
>[number];

/** Reads the histories of a lost task and of its recoveries. Fails for good when the retention has taken the task's. */
export async function readTaskHistory(client: Client, taskIds: readonly string[]): Promise<TaskHistory> {
  const tasks: (ExecutedTask & { request: TaskRequest; instance: InstanceRecord })[] = [];
  for (const id of taskIds) tasks.push(await readTask(client, id));
  const [lost] = tasks;
  if (lost === undefined) throw ApplicationFailure.nonRetryable('there is no task to recover', 'INTERNAL_ERROR');
  return {
    request: lost.request,
    instance: lost.instance,
    tasks: tasks.map(({ decision, executed, committed }) => ({ decision, executed, committed })),
  };
}

async function readTask(client: Client, taskId: string) {
  const events = await fetchEvents(client, taskId);
  const [request, instance] = (events[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? []).map(decode);
  if (!isTaskRequest(request) || !isInstanceRecord(instance)) {
    throw ApplicationFailure.nonRetryable(`the history of task ${taskId} is not that of a task`, 'INTERNAL_ERROR');
  }
  const decision = isRecovery(request) ? request.input : null;
  const committed = events.some((event) => event.startChildWorkflowExecutionInitiatedEventAttributes);
  return { request, instance, decision, executed: toExecutedSteps(events), committed };
}

// The arguments were written by this project's own workflow: what is looked at is whether they are what they should be.
const isTaskRequest = (value: unknown): value is TaskRequest =>
  typeof value === 'object' && value !== null && 'operation' in value && 'fingerprint' in value;
const isInstanceRecord = (value: unknown): value is InstanceRecord =>
  typeof value === 'object' && value !== null && 'vmState' in value && 'generation' in value;
const isRecovery = (request: TaskRequest): request is TaskRequest & { readonly input: RecoverInput } =>
  request.recovers !== undefined;

async function fetchEvents(client: Client, taskId: string): Promise<HistoryEvents> {
  try {
    const { events } = await client.workflow.getHandle(taskWorkflowId(taskId)).fetchHistory();
    return events ?? [];
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw ApplicationFailure.nonRetryable(`the history of task ${taskId} is gone`, 'INTERNAL_ERROR');
  }
}

/** What was dispatched, oldest first; a unit that ended in anything but success may have done its work or not. */
export function toExecutedSteps(events: HistoryEvents): ExecutedStep[] {
  const results = new Map<string, unknown>();
  for (const { activityTaskCompletedEventAttributes: done } of events) {
    if (done) results.set(String(done.scheduledEventId), decode(done.result?.payloads?.[0]));
  }
  return events.flatMap(({ eventId, activityTaskScheduledEventAttributes: scheduled }): ExecutedStep[] => {
    const activityId = scheduled?.activityId ?? '';
    const key = String(eventId);
    const outcome = results.has(key) ? 'done' : 'unknown';
    const owed = parseOweId(activityId);
    if (owed !== null) return outcome === 'done' ? [{ ...owed, outcome: 'owed', output: undefined }] : [];
    const part = parseActivityId(activityId);
    return part === null ? [] : [{ ...part, outcome, output: results.get(key) }];
  });
}

function decode(payload: Payload | undefined | null): unknown {
  return defaultPayloadConverter.fromPayload<unknown>(payload ?? {});
}

/** Waits for a task that runs on without its instance; null when it ended without a result. */
export async function awaitTask(client: Client, taskId: string): Promise<EndedTask | null> {
  const handle: TaskHandle = client.workflow.getHandle(taskWorkflowId(taskId));
  for (;;) {
    const { status } = await handle.describe();
    if (status.name === 'COMPLETED') return handle.result();
    if (status.name !== 'RUNNING' && status.name !== 'PAUSED') return null;
    Context.current().heartbeat();
    await sleep('1s');
  }
}
