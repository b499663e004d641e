import { getExternalWorkflowHandle, startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { fault, type Fault } from '../../src/model/fault.ts';
import { withChanges, type InstanceRecord, type RecordChanges } from '../../src/model/instance.ts';
import type { ErasedContext, SubTask } from '../../src/model/operation.ts';
import {
  subTaskId,
  taskWorkflowId,
  toLost,
  toQueued,
  type EndedTask,
  type EndedTaskStatus,
} from '../../src/model/task.ts';
import type { Controls } from './controls.ts';
import { now, type TaskRun } from './task-run.ts';
import {
  awaitTask,
  describeLoss,
  isLoss,
  taskWorkflowOptions,
  type Start,
  type TaskWorkflow,
} from './task-workflow.ts';
import { firstTaskState, workOf } from './work.ts';

/** How the sub-tasks of a task have ended, taken together. */
interface Following {
  /** That of the first one that did not succeed. */
  readonly status: EndedTaskStatus;
  readonly fault: Fault | null;
  /** What they have changed in the record. */
  readonly changes: RecordChanges;
  readonly endedSubTasks: readonly EndedTask[];
}

/**
 * Runs what follows a task that has committed, within the task: one after the other, each as a task of its own. What is
 * committed stays, whatever becomes of them.
 */
export async function runSubTasks(
  run: TaskRun,
  controls: Controls,
  context: ErasedContext,
  committed: RecordChanges,
): Promise<Following> {
  // What could not be taken back is done; what follows may still be stopped.
  run.noReturnSince = null;
  let changes: RecordChanges = {};
  const endedSubTasks: EndedTask[] = [];
  for (const [index, declared] of run.work.operation.subTasks.entries()) {
    if (declared.when?.(context) === false) continue;
    const record = withChanges(run.instance, { ...committed, ...changes }, now());
    const ended = await execute(run, controls, toStart(run, declared, context, index, record));
    endedSubTasks.push(ended);
    changes = { ...changes, ...ended.changes };
    run.sequence = ended.sequence ?? run.sequence;
    if (ended.status !== 'COMPLETED') return { status: ended.status, fault: ended.fault, changes, endedSubTasks };
  }
  return { status: 'COMPLETED', fault: null, changes, endedSubTasks };
}

/** Its end; also of one that a lost run of this task has started. */
async function execute(run: TaskRun, controls: Controls, start: Start): Promise<EndedTask> {
  const { task, instance } = start;
  run.beginSubTask(task.id, instance.taskState);
  try {
    try {
      const child = await startChild<TaskWorkflow>(task.operation, taskWorkflowOptions(start));
      controls.passOnTo(child);
      return await child.result();
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      controls.passOnTo(getExternalWorkflowHandle(taskWorkflowId(task.id)));
      return await awaitTask(task.id);
    }
  } catch (error) {
    if (!isLoss(error)) throw error;
    const { startedAt, notes: _notes, sequence: _sequence, ...request } = task;
    const known = { ...toQueued(request), startedAt, startedFrom: instance.vmState };
    return toLost(known, fault('TASK_TERMINATED', { detail: describeLoss(error) }), now());
  } finally {
    controls.passOnTo(null);
  }
}

/** What the sub-task is started with. */
function toStart(
  { request, work, sequence }: TaskRun,
  declared: SubTask,
  context: ErasedContext,
  index: number,
  record: InstanceRecord,
): Start {
  // What is said of the task alone: whom it repeats or recovers, and how long its own steps take.
  const { retryOf: _retryOf, recovers: _recovers, expectedMs: _expectedMs, ...asked } = request;
  const { operation } = declared;
  const id = subTaskId(work.taskId, index);
  const task = {
    ...asked,
    id,
    operation: operation.name,
    operationVersion: operation.version,
    input: declared.with(context),
    fingerprint: id,
    createdAt: now(),
    parentTask: work.taskId,
    startedAt: now(),
    notes: [],
    sequence,
  };
  return { task, instance: { ...record, taskState: firstTaskState(workOf(task, record)) } };
}
