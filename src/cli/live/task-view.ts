import type { Fault } from '../../model/fault.ts';
import type { Step } from '../../model/operation.ts';
import type { OperationDurations } from '../../model/durations.ts';
import type { Outlook } from '../../model/progress.ts';
import type { TaskTransition } from '../../model/task-change.ts';
import { activityIdOf } from '../../model/task-history.ts';
import { TaskMeter } from '../../model/task-meter.ts';
import { hasEnded, type Direction, type Item, type ItemState, type Task } from '../../model/task.ts';
import { findOperation } from '../../operations/index.ts';

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
}

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

  /** Takes note of a change. */
  heed(change: TaskTransition): void {
    this.#meter.heed(change);
    switch (change.kind) {
      case 'status':
        if (!hasEnded(this.#task.status)) this.#task = { ...this.#task, status: change.status };
        break;
      case 'step':
        this.#heedStep(change);
        break;
      case 'progress':
        this.#update(change, ({ state }) =>
          state === 'RUNNING' ? { share: change.share, shareAt: change.at, attempt: change.attempt } : {},
        );
        break;
      case 'ended':
        this.refresh(change.task);
    }
  }

  #heedStep({ state, at, step, direction }: TaskTransition & { kind: 'step' }): void {
    const change: Partial<StepLine> = state === 'RUNNING' ? { state, startedAt: at } : { state, endedAt: at };
    this.#update({ step, direction }, () => change);
  }

  #refreshLine(item: Item): void {
    const { step, direction, unit, host, startedAt, endedAt, fault } = item;
    // What was heard of a change may be newer than this answer.
    const known = this.#lines.get(activityIdOf(step, direction));
    const state = known !== undefined && known.endedAt !== null && item.state === 'RUNNING' ? known.state : item.state;
    this.#update({ step, direction }, () => ({
      unit,
      state,
      fault,
      where: host ?? (item.state === 'SKIPPED' ? null : 'control'),
      startedAt: startedAt ?? known?.startedAt ?? null,
      endedAt: endedAt ?? known?.endedAt ?? null,
    }));
  }

  #update(
    { step, direction }: { readonly step: string; readonly direction: Direction },
    change: (line: StepLine) => Partial<StepLine>,
  ): void {
    const key = activityIdOf(step, direction);
    const line = this.#lines.get(key) ?? unforeseenLine(key, direction);
    this.#lines.set(key, { ...line, ...change(line) });
  }
}

/** None for a declaration that this program does not know (any more): then the steps show as they run. */
function declaredSteps({ operation, operationVersion }: Task): readonly Step[] {
  try {
    return findOperation(operation, operationVersion).steps;
  } catch {
    return [];
  }
}

const untouched = {
  startedAt: null,
  endedAt: null,
  share: null,
  shareAt: null,
  attempt: 1,
  fault: null,
  state: 'WAITING',
} as const;

const declaredLine = (step: Step): StepLine => ({
  ...untouched,
  name: step.name,
  direction: 'run',
  unit: step.unit.name,
  where: step.unit.runsOn === 'control' ? 'control' : null,
  deadline: step.deadline,
  conditional: step.when !== undefined,
  pointOfNoReturn: step.pointOfNoReturn === true,
});

const unforeseenLine = (name: string, direction: Direction): StepLine => ({
  ...untouched,
  name,
  direction,
  unit: '',
  where: null,
  deadline: null,
  conditional: false,
  pointOfNoReturn: false,
});
