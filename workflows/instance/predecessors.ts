import { ActivityCancellationType, CancellationScope, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { EndedTaskStatus } from '../../src/model/task.ts';
import type { ControlActivities } from '../control-activities.ts';

/** Looks again and again: a try that fails costs no event, and nobody is kept busy between two. */
export const endOfTask = (taskId: string): Promise<Ending> =>
  proxyActivities<Pick<ControlActivities, 'endOfTask'>>({
    summary: `until task ${taskId} has ended`,
    startToCloseTimeout: '10s',
    retry: { initialInterval: '200ms', backoffCoefficient: 1.5, maximumInterval: '5s' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  }).endOfTask(taskId);

/** How an awaited task has ended; null when there is no such task. */
export type Ending = EndedTaskStatus | null;

/** Learns of tasks of other instances how they end. A new run begins anew: an end stays an end. */
export class Predecessors {
  readonly #watches = new Map<string, CancellationScope>();
  readonly #endings = new Map<string, Ending>();

  /** `undefined` while it has not ended, or nobody has been asked. */
  endingOf(taskId: string): Ending | undefined {
    return this.#endings.get(taskId);
  }

  /** Whether exactly these are watched. */
  areWatched(taskIds: ReadonlySet<string>): boolean {
    return this.#watches.size === taskIds.size && [...taskIds].every((id) => this.#watches.has(id));
  }

  /** Watches these, and no longer any others. */
  watch(taskIds: ReadonlySet<string>): void {
    for (const [id, scope] of this.#watches) {
      if (taskIds.has(id)) continue;
      this.#watches.delete(id);
      this.#endings.delete(id);
      scope.cancel();
    }
    for (const id of taskIds) if (!this.#watches.has(id)) this.#begin(id);
  }

  #begin(taskId: string): void {
    const scope = new CancellationScope({ cancellable: true });
    this.#watches.set(taskId, scope);
    const learn = (ending: Ending) => {
      if (this.#watches.get(taskId) === scope) this.#endings.set(taskId, ending);
    };
    // An operator may have ended the watch by hand.
    void scope
      .run(() => endOfTask(taskId))
      .then(learn, (error: unknown) => {
        if (!isCancellation(error)) learn('FAILED');
      });
  }
}
