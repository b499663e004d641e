import type { InstanceRecord } from '../../src/model/instance.ts';
import type { Operation, TaskContext } from '../../src/model/operation.ts';
import type { TaskState } from '../../src/model/states.ts';
import type { TaskRequest } from '../../src/model/task.ts';
import { findOperation } from '../../src/operations/index.ts';

/** What is carried out: usually what the task asks for; a recovery carries out what another task left. */
export interface Work {
  readonly operation: Operation;
  /** The task whose work it is: claims, disks and the keys of effects are named after it. */
  readonly taskId: string;
  readonly input: unknown;
  /** The record as it was when the work was begun. */
  readonly instance: InstanceRecord;
  readonly actor: string;
  readonly requestedAt: string;
}

/** The work that a task asks for. */
export const workOf = (request: TaskRequest, instance: InstanceRecord): Work => ({
  operation: findOperation(request.operation, request.operationVersion),
  taskId: request.id,
  input: request.input,
  instance,
  actor: request.actor,
  requestedAt: request.createdAt,
});

/** What the declaration's functions may look at before any step has run. */
export const contextOf = ({ operation: _operation, ...context }: Work): TaskContext<unknown> => context;

/** What the instance shows from the moment that the work is begun: the state of the first step that applies. */
export function firstTaskState(work: Work): TaskState | null {
  const first = work.operation.steps.find((step) => step.when?.(contextOf(work)) !== false);
  return first?.taskState ?? null;
}
