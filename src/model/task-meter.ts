import type { OperationDurations } from './durations.ts';
import type { Step } from './operation.ts';
import { outlookOf, type Outlook, type Stage, type UnitProgress } from './progress.ts';
import type { TaskTransition } from './task-change.ts';
import { activityIdOf } from './task-history.ts';
import { hasEnded, type Task } from './task.ts';

/**
 * The outlook of a task that is being watched: told of changes as they happen, and of the task as it says itself. The
 * progress that it tells never runs backwards, also when a unit is attempted anew.
 */
export class TaskMeter {
  #task: Task;
  readonly #steps: readonly Step[];
  readonly #stages = new Map<string, Stage>();
  #unit: UnitProgress | null = null;
  #progress = 0;
  /** What is known of its operation, as soon as it is. */
  durations: OperationDurations | null = null;

  /** `steps`: those of the operation, as declared; none where the declaration is not known. */
  constructor(task: Task, steps: readonly Step[]) {
    this.#task = task;
    this.#steps = steps;
    this.refresh(task);
  }

  /** Takes note of the task as it says that it is. What was heard of a change may be newer. */
  refresh(task: Task): void {
    this.#task = task;
    for (const item of task.items) {
      const id = activityIdOf(item.step, item.direction);
      const isOlder = item.state === 'RUNNING' && this.#endOf(id) !== null;
      if (!isOlder) this.#stages.set(id, item);
    }
  }

  /** Takes note of a change. */
  heed(change: TaskTransition): void {
    switch (change.kind) {
      case 'status':
        if (!hasEnded(this.#task.status)) this.#task = { ...this.#task, status: change.status };
        break;
      case 'step':
        this.#heedStep(change);
        break;
      case 'progress':
        this.#unit = change;
        break;
      case 'ended':
        this.refresh(change.task);
    }
  }

  /** What lies ahead at a moment, in milliseconds since 1970. */
  outlook(now: number): Outlook {
    const outlook = outlookOf(
      {
        ...this.#task,
        steps: this.#steps,
        stages: [...this.#stages.values()],
        unit: this.#unit,
        durations: this.durations,
      },
      now,
    );
    this.#progress = Math.max(this.#progress, outlook.progress);
    return { ...outlook, progress: this.#progress };
  }

  #heedStep({ step, direction, state, at }: TaskTransition & { kind: 'step' }): void {
    const id = activityIdOf(step, direction);
    const ended = this.#endOf(id);
    // Whoever watches from the start hears of what the task has told of already.
    if (state === 'RUNNING' && ended !== null && at < ended) return;
    const startedAt = state === 'RUNNING' ? at : (this.#stages.get(id)?.startedAt ?? null);
    this.#stages.set(id, { step, direction, state, startedAt, endedAt: state === 'RUNNING' ? null : at });
    this.#unit = null;
  }

  #endOf(activityId: string): string | null {
    return this.#stages.get(activityId)?.endedAt ?? null;
  }
}
