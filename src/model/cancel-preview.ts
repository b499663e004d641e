/** What a cancel of a task would do, from what the task shows and its declaration. Pure. */
import { expectedMs, type OperationDurations } from './durations.ts';
import { median } from './histogram.ts';
import type { Operation, Step } from './operation.ts';
import { sumOf } from './progress.ts';
import { activityIdOf } from './task-history.ts';
import { hasEnded, type ItemState, type Task, type TaskStatus } from './task.ts';
import { undoAhead, wasDispatched } from './undo.ts';
import { cancelRefusal } from './verbs.ts';

/** A step that has been done, or is under way. */
export interface StepSoFar {
  readonly name: string;
  readonly state: ItemState;
}

/** A step that a cancel would take back. */
export interface StepToUndo {
  readonly name: string;
  /** Of its undo. */
  readonly unit: string;
  /** How long that usually takes; null where it never ran before. */
  readonly usualMs: number | null;
}

/** What a cancel would do now. */
export interface CancelPreview {
  readonly taskId: string;
  readonly operation: string;
  readonly status: TaskStatus;
  /** Why it would be refused; null when it would be heeded. */
  readonly refusal: string | null;
  /** Oldest first. */
  readonly soFar: readonly StepSoFar[];
  /** In the order in which they would be taken back, the step under way first. */
  readonly toUndo: readonly StepToUndo[];
  /** What no undo brings back. */
  readonly irreversible: readonly { readonly step: string; readonly text: string }[];
  /** About how long the way back takes; null where too little is known. */
  readonly expectedMs: number | null;
}

/** `operation`: the one that the task does, which for a recovery is what it recovers. */
export function previewCancel(task: Task, operation: Operation, durations: OperationDurations | null): CancelPreview {
  const { id, status, items } = task;
  const dispatched = operation.steps.filter(({ name }) => wasDispatched(name, items));
  const toUndo = hasEnded(status) ? [] : undoAhead(operation.steps, items);
  const usual = ({ name }: Step) => durations?.units[activityIdOf(name, 'undo')];
  return {
    taskId: id,
    operation: task.operation,
    status,
    refusal: cancelRefusal(task, operation),
    soFar: dispatched.map(({ name }) => ({ name, state: stateOf(name, task) })),
    toUndo: toUndo.map((step) => ({
      name: step.name,
      unit: step.undo?.unit.name ?? step.unit.name,
      usualMs: median(usual(step)?.ran ?? {}),
    })),
    irreversible: dispatched.flatMap(({ name, irreversible }) =>
      irreversible === undefined ? [] : [{ step: name, text: irreversible }],
    ),
    expectedMs: sumOf(toUndo.map((step) => expectedMs(usual(step)))),
  };
}

const stateOf = (name: string, { items }: Task): ItemState =>
  items.findLast(({ step, direction }) => step === name && direction === 'run')?.state ?? 'WAITING';
