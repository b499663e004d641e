import {
  ActivityFailure,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  ParentClosePolicy,
  WorkflowIdReusePolicy,
  type ChildWorkflowOptions,
} from '@temporalio/workflow';
import type { WithWorkflowArgs } from '@temporalio/common';
import type { InstanceRecord } from '../../src/model/instance.ts';
import { toSearchAttributes } from '../../src/model/search-attributes.ts';
import { taskWorkflowId, type EndedTask, type StartedTask } from '../../src/model/task.ts';
import { findOperation } from '../../src/operations/index.ts';
import { patientControl } from './dispatch-unit.ts';

/** The workflow of a task: one type for each operation, all of them the one engine. */
export type TaskWorkflow = (task: StartedTask, instance: InstanceRecord) => Promise<EndedTask>;

/** What a task is started with. */
export interface Start {
  readonly task: StartedTask;
  readonly instance: InstanceRecord;
}

/** The result of a task cannot be had any more. */
class TaskLost extends Error {
  override readonly name = 'TaskLost';
}

/** Whether the workflow of a task is gone, with what only it knew. */
export const isLoss = (error: unknown): error is Error =>
  error instanceof ChildWorkflowFailure || error instanceof ActivityFailure || error instanceof TaskLost;

/** The loss in words. */
export const describeLoss = (error: Error): string =>
  error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;

/** The result of a task that is no child of this workflow. Throws what {@link isLoss} tells when there is none. */
export async function awaitTask(taskId: string): Promise<EndedTask> {
  const ended = await patientControl.awaitTask(taskId);
  if (ended === null) throw new TaskLost('the task ended without a result');
  return ended;
}

/** What the input calls what is made: lists of images show it. */
const nameIn = (input: unknown): { readonly name?: string } =>
  typeof input === 'object' && input !== null && 'name' in input && typeof input.name === 'string'
    ? { name: input.name }
    : {};

/** How the workflow of a task is started, by the instance or by the task that it is a part of. */
export function taskWorkflowOptions({ task, instance }: Start): WithWorkflowArgs<TaskWorkflow, ChildWorkflowOptions> {
  const { id, operation, operationVersion, actor, reason, requestId, parentTask, hostTask, recovers = [] } = task;
  const parents = [parentTask, hostTask, ...recovers].filter((id) => id !== undefined);
  const summary = findOperation(operation, operationVersion).describe(task.input);
  const words = [`${operation} ${instance.name}`, summary, `by ${actor}`].filter((word) => word !== '').join(', ');
  const text = reason === null ? words : `${words}: ${reason}`;
  return {
    workflowId: taskWorkflowId(id),
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    args: [task, instance],
    // A task outlives a lost instance workflow: the rebuilt one waits for it.
    parentClosePolicy: ParentClosePolicy.ABANDON,
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    staticSummary: text.length > 200 ? `${text.slice(0, 199)}…` : text,
    memo: { createdAt: task.createdAt, ...nameIn(task.input) },
    typedSearchAttributes: toSearchAttributes({
      InstanceId: instance.id,
      InstanceName: instance.name,
      ProjectId: instance.projectId,
      TaskState: instance.taskState,
      Actor: actor,
      Reason: reason,
      RequestId: requestId,
      ...(instance.residence !== null && { Host: instance.residence.host }),
      ...(parents.length > 0 && { ParentTask: parents }),
    }),
  };
}
