import type { Fault } from '../../model/fault.ts';
import type { Step } from '../../model/operation.ts';
import { closesWayBack } from '../../model/undo.ts';
import type { OperationDurations } from '../../model/durations.ts';
import type { Outlook } from '../../model/progress.ts';
import type { TaskTransition } from '../../model/task-change.ts';
import { activityIdOf } from '../../model/task-history.ts';
import { TaskMeter } from '../../model/task-meter.ts';
import {
  hasEnded,
  type Direction,
  type EndedTaskStatus,
  type Item,
  type ItemState,
  type Task,
} from '../../model/task.ts';
import { findOperation, isOperationName, operations } from '../../operations/index.ts';

/** One line of the tree: a step, or what takes it back. */
export interface StepLine {
  readonly name: string;
  readonly direction: Direction;
  readonly unit: string;
  /** Null while it is not known; `control` for the control plane. */
  readonly where: string | null;
  /** WAITING until it has begun. */
  readonly state: ItemState;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Of the running unit, 0 to 1; null when it has not said anything. */
  readonly share: number | null;
  /** When it said so. */
  readonly shareAt: string | null;
  readonly attempt: number;
  readonly fault: Fault | null;
  readonly deadline: string | null;
  /** Left out unless its condition holds. */
  readonly conditional: boolean;
  readonly pointOfNoReturn: boolean;
  /** Of the sub-task that it belongs to; null for the task's own. */
  readonly subTask: string | null;
}

/** Where a line stands: by the sub-task, where it is of one, and the step. */
const lineKey = (activityId: string, subTask: string | null): string =>
  subTask === null ? activityId : `${subTask}/${activityId}`;

/**
 * A task as a person watches it: all steps that its operation declares, and what became of them so far. Told of changes
 * as they happen, and of the task as it says itself, which knows more but comes a moment later.
 */
export class TaskView {
  #task: Task;
  readonly #lines = new Map<string, StepLine>();
  readonly #meter: TaskMeter;

  constructor(task: Task) {
    const steps = declaredSteps(task);
    this.#task = task;
    this.#meter = new TaskMeter(task, steps);
    for (const step of steps) this.#lines.set(step.name, declaredLine(step));
    this.refresh(task);
  }

  /** What is known of its operation; null until then. */
  get durations(): OperationDurations | null {
    return this.#meter.durations;
  }

  set durations(durations: OperationDurations | null) {
    this.#meter.durations = durations;
  }

  /** What lies ahead of it, now. */
  get outlook(): Outlook {
    return this.#meter.outlook(Date.now());
  }

  get task(): Task {
    return this.#task;
  }

  get lines(): readonly StepLine[] {
    return [...this.#lines.values()];
  }

  /** Takes note of the task as it says that it is. */
  refresh(task: Task): void {
    this.#task = task;
    this.#meter.refresh(task);
    for (const item of task.items) this.#refreshLine(item);
  }

  /** Takes note of a sub-task as it says that it is. */
  refreshSubTask(subTask: Task): void {
    const { id, operation, status, startedAt, endedAt, fault } = subTask;
    if (!this.#lines.has(id)) this.#addSubTask(id, operation, declaredSteps(subTask));
    const state = hasEnded(status) ? stateOfEnd[status] : 'RUNNING';
    this.#set(id, { state, startedAt, endedAt, fault });
    for (const item of subTask.items) this.#refreshLine(item, id);
  }

  /** Takes note of a change. */
  heed(change: TaskTransition): void {
    if (change.subTask !== undefined) {
      this.#heedSubTask(change, change.subTask);
      return;
    }
    this.#meter.heed(change);
    switch (change.kind) {
      case 'status':
        if (!hasEnded(this.#task.status)) this.#task = { ...this.#task, status: change.status };
        break;
      case 'step':
        this.#heedStep(change);
        break;
      case 'progress':
        this.#heedProgress(change);
        break;
      case 'ended':
        this.refresh(change.task);
    }
  }

  #heedSubTask(change: TaskTransition, { id, operation }: NonNullable<TaskTransition['subTask']>): void {
    if (!this.#lines.has(id))
      this.#addSubTask(id, operation, isOperationName(operation) ? operations[operation].steps : []);
    if (change.kind === 'step') this.#heedStep(change, id);
    if (change.kind === 'progress') this.#heedProgress(change, id);
    if (change.kind !== 'status') return;
    const { status, at } = change;
    this.#set(id, hasEnded(status) ? { state: stateOfEnd[status], endedAt: at } : { state: 'RUNNING', startedAt: at });
  }

  #addSubTask(id: string, operation: string, steps: readonly Step[]): void {
    this.#lines.set(id, { ...unforeseenLine(operation, 'run'), unit: 'sub-task', where: '' });
    for (const step of steps) this.#lines.set(lineKey(step.name, id), declaredLine(step, id));
  }

  #heedProgress(
    { share, at, attempt, ...of }: TaskTransition & { kind: 'progress' },
    subTask: string | null = null,
  ): void {
    this.#update(of, ({ state }) => (state === 'RUNNING' ? { share, shareAt: at, attempt } : {}), subTask);
  }

  #heedStep({ state, at, ...of }: TaskTransition & { kind: 'step' }, subTask: string | null = null): void {
    const change: Partial<StepLine> = state === 'RUNNING' ? { state, startedAt: at } : { state, endedAt: at };
    this.#update(of, () => change, subTask);
  }

  #refreshLine(item: Item, subTask: string | null = null): void {
    const { step, direction, unit, host, startedAt, endedAt, fault } = item;
    // What was heard of a change may be newer than this answer.
    const known = this.#lines.get(lineKey(activityIdOf(step, direction), subTask));
    const state = known !== undefined && known.endedAt !== null && item.state === 'RUNNING' ? known.state : item.state;
    const news = {
      unit,
      state,
      fault,
      where: host ?? (item.state === 'SKIPPED' ? null : 'control'),
      startedAt: startedAt ?? known?.startedAt ?? null,
      endedAt: endedAt ?? known?.endedAt ?? null,
    };
    this.#update({ step, direction }, () => news, subTask);
  }

  #update(
    { step, direction }: { readonly step: string; readonly direction: Direction },
    change: (line: StepLine) => Partial<StepLine>,
    subTask: string | null,
  ): void {
    const name = activityIdOf(step, direction);
    const key = lineKey(name, subTask);
    const line = this.#lines.get(key) ?? unforeseenLine(name, direction, subTask);
    this.#lines.set(key, { ...line, ...change(line) });
  }

  #set(key: string, change: Partial<StepLine>): void {
    const line = this.#lines.get(key);
    if (line !== undefined) this.#lines.set(key, { ...line, ...change });
  }
}

/** How the line of a sub-task shows its end. */
const stateOfEnd: Record<EndedTaskStatus, ItemState> = {
  COMPLETED: 'COMPLETED',
  FAILED: 'FAILED',
  ABORTED: 'ABORTED',
  TIMED_OUT: 'TIMED_OUT',
  ROLLBACK_FAILED: 'FAILED',
};

/** None for a declaration that this program does not know (any more): then the steps show as they run. */
function declaredSteps({ operation, operationVersion }: Task): readonly Step[] {
  try {
    return findOperation(operation, operationVersion).steps;
  } catch {
    return [];
  }
}

const indented = (name: string): string => `  ${name}`;

const untouched = {
  startedAt: null,
  endedAt: null,
  share: null,
  shareAt: null,
  attempt: 1,
  fault: null,
  state: 'WAITING',
} as const;

const declaredLine = (step: Step, subTask: string | null = null): StepLine => ({
  ...untouched,
  subTask,
  name: subTask === null ? step.name : indented(step.name),
  direction: 'run',
  unit: step.unit.name,
  where: step.unit.runsOn === 'control' ? 'control' : null,
  deadline: step.deadline,
  conditional: step.when !== undefined,
  pointOfNoReturn: closesWayBack(step) !== null,
});

const unforeseenLine = (name: string, direction: Direction, subTask: string | null = null): StepLine => ({
  ...untouched,
  subTask,
  name: subTask === null ? name : indented(name),
  direction,
  unit: '',
  where: null,
  deadline: null,
  conditional: false,
  pointOfNoReturn: false,
});
