import { setTimeout as delay } from 'node:timers/promises';
import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type Client,
} from '@temporalio/client';
import { expectedStepsMs } from '../model/durations.ts';
import { instanceMemo } from '../model/instance-memo.ts';
import { toSearchAttributes } from '../model/search-attributes.ts';
import { withoutCiphertext } from '../model/secret.ts';
import { hasEnded, instanceWorkflowId, type Task, type TaskRequest } from '../model/task.ts';
import type { CreateInput } from '../operations/create.schema.ts';
import { operations, type OperationName } from '../operations/index.ts';
import { submitTask, type SubmitRequest } from '../../workflows/messages.ts';
import { readDurations } from './durations.ts';
import { toError, InstanceBusyError, InstanceLostError, NotFoundError, UnreachableError } from './errors.ts';
import { call, translate, update } from './gateway.ts';
import { fingerprintOf, newRequestId, newTaskId } from './ids.ts';
import { isLost } from './lists.ts';
import { newRecord, newState } from './new-record.ts';
import { readTask, refresh } from './read.ts';
import { parseTiming, type Timing } from './timing.ts';
import { findUnsupported } from './unsupported.ts';

/** Task queue of the control workers, where all workflows run. */
export const controlTaskQueue = 'control';

/** Who asks, why, how and for when. */
export interface SubmitOptions extends Timing {
  readonly actor?: string;
  readonly reason?: string;
  /** The same key again finds the same task; with another input it is an error. */
  readonly idempotencyKey?: string;
  /** Wait for one's turn where another task would make the request fail. */
  readonly queue?: boolean;
  /** OpenStack's request id; a label, made up where absent. */
  readonly requestId?: string;
  readonly projectId?: string;
  readonly userId?: string;
  /** Multiplies all deadlines of the task. */
  readonly deadlineScale?: number;
  /** Take no notice of a lock of the instance. */
  readonly overrideLock?: boolean;
  /** The failed task that this one repeats. */
  readonly retryOf?: string;
  /** For a recover: the task that has left something; the newest of them where absent. */
  readonly recovers?: string;
}

/** Of whoever names none. */
export const defaultProject = 'default';
const defaultActor = 'operator';

/** Whose instance a new one is, and whose key pairs are meant. */
export const userOf = ({ userId, actor = defaultActor }: SubmitOptions): string => userId ?? actor;

/** Makes the request of a task. The input has been parsed. */
async function toRequest(
  client: Client,
  operation: OperationName,
  instanceId: string,
  input: unknown,
  options: SubmitOptions,
): Promise<TaskRequest> {
  const expectedMs = expectedStepsMs(operations[operation], await readDurations(client));
  return { ...requestOf(operation, instanceId, input, options), ...(!isEmpty(expectedMs) && { expectedMs }) };
}

const isEmpty = (record: object): boolean => Object.keys(record).length === 0;

/** A request without what past tasks say of it. */
export function requestOf(
  operation: OperationName,
  instanceId: string,
  input: unknown,
  options: SubmitOptions,
): TaskRequest {
  const { actor = defaultActor, reason = null, idempotencyKey, userId = null, projectId = null } = options;
  return {
    id: newTaskId(instanceId, idempotencyKey),
    operation,
    operationVersion: operations[operation].version,
    instanceId,
    input,
    requestId: options.requestId ?? newRequestId(),
    projectId,
    userId,
    fingerprint: fingerprintOf(operation, input, options),
    createdAt: new Date().toISOString(),
    deadlineScale: options.deadlineScale ?? 1,
    actor,
    reason,
    ...(options.overrideLock === true && { overrideLock: true }),
    ...parseTiming(options),
    ...(options.retryOf !== undefined && { retryOf: options.retryOf }),
    ...(options.recovers !== undefined && { recovers: [options.recovers] }),
  };
}

/** Asks an instance for a task. */
export async function submit(
  client: Client,
  operation: OperationName,
  instanceId: string,
  input: unknown,
  options: SubmitOptions,
): Promise<Task> {
  const unsupported = await findUnsupported(client, operation, instanceId, input);
  if (unsupported !== null) throw toError(unsupported);
  const task = await toRequest(client, operation, instanceId, input, options);
  const request: SubmitRequest = { task, ifBusy: options.queue === true ? 'queue' : 'refuse' };
  for (let pause = firstPauseMs; ; pause *= 2) {
    try {
      const known = await update(client, instanceWorkflowId(instanceId), submitTask, [request]);
      return await upToDate(client, task, known);
    } catch (error) {
      const refusal = await explain(client, instanceId, error);
      // A task in the way that has ended: the instance is about to hear of it.
      const passing = refusal instanceof InstanceBusyError && hasEnded(refusal.inTheWay.status);
      if (!passing || pause > lastPauseMs) throw refusal;
      await delay(pause);
    }
  }
}

/** What the instance answers of a new task is up to date; of one that it knew before it may not have heard the latest. */
async function upToDate(client: Client, request: TaskRequest, known: Task | null): Promise<Task> {
  if (known === null) return readTask(client, request.id);
  if (known.createdAt === request.createdAt) return known;
  return refresh(client, known).catch((error: unknown) => {
    // The task is too busy to be asked: it is there all the same, and that is what the caller must hear.
    if (error instanceof UnreachableError) return known;
    throw error;
  });
}

const firstPauseMs = 5;
const lastPauseMs = 2_000;

/** The failure with what the instance itself could not say. */
async function explain(client: Client, instanceId: string, error: unknown): Promise<unknown> {
  if (error instanceof InstanceBusyError) return withStep(client, error);
  const lost = error instanceof NotFoundError && (await isLost(client, instanceId).catch(() => false));
  return lost ? new InstanceLostError(instanceId) : error;
}

/** The instance hears of its task at start and end only; the step under way is the task's to tell. */
async function withStep(client: Client, error: InstanceBusyError): Promise<InstanceBusyError> {
  const task = await readTask(client, error.inTheWay.taskId).catch(() => null);
  if (task === null) return error;
  const { status, step, startedAt, verbs } = task;
  const doing = step === null ? '' : `, now at its step ${step}`;
  return new InstanceBusyError(`${error.message}${doing}`, { ...error.inTheWay, status, step, startedAt, verbs });
}

/** Asks for a new instance of that id: starts its workflow and hands it the create in one go. */
export async function submitCreate(
  client: Client,
  instanceId: string,
  input: CreateInput,
  options: SubmitOptions,
): Promise<Task> {
  const projectId = options.projectId ?? defaultProject;
  const task = await toRequest(client, 'create', instanceId, withoutGuestData(input), options);
  const instance = newRecord(task, input, projectId, userOf(options));
  const start = new WithStartWorkflowOperation('instance', {
    workflowId: instanceWorkflowId(instanceId),
    taskQueue: controlTaskQueue,
    args: [newState(instance)],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    staticSummary: `${input.name}: ${input.flavor.name}, ${input.image}`,
    memo: instanceMemo(instance),
    typedSearchAttributes: toSearchAttributes({
      InstanceId: instanceId,
      InstanceName: input.name,
      ProjectId: projectId,
      VmState: 'building',
      CreatedAt: new Date(task.createdAt),
      UpdatedAt: new Date(task.createdAt),
    }),
  });
  const request: SubmitRequest = { task, ifBusy: 'refuse' };
  try {
    const known = await call(client, `instance ${instanceId}`, () =>
      client.workflow.executeUpdateWithStart(submitTask, { args: [request], startWorkflowOperation: start }),
    );
    return await upToDate(client, task, known);
  } catch (error) {
    // The instance was made under this key before, and has been deleted since: its create is still the answer.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return readTask(client, task.id);
    throw translate(error, `instance ${instanceId}`);
  }
}

/** What may be long goes into the record alone: its steps take it from there. */
const withoutGuestData = ({ userData, files, ...input }: CreateInput): CreateInput => ({
  ...input,
  ...(userData !== undefined && { userData: withoutCiphertext(userData) }),
  ...(files !== undefined && { files: withoutCiphertext(files) }),
});
