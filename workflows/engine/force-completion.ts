import { CancellationScope } from '@temporalio/workflow';
import { dispatchUnit, type Dispatch } from './dispatch-unit.ts';
import { StepFailure } from './step-failure.ts';
import type { TaskRun } from './task-run.ts';

/** Makes a unit that is under way end soon, by another one beside it. */
export class ForceCompletion {
  readonly #run: TaskRun;
  readonly #dispatch: Dispatch;
  #asked: Promise<void> | null = null;

  constructor(run: TaskRun, { step, context }: Dispatch) {
    this.#run = run;
    this.#dispatch = { step, context, direction: 'force' };
  }

  /** Asks for it; once is enough, however often it is wanted. */
  ask(): void {
    // A cancel waits for it: what takes the step back must come after it.
    this.#asked ??= CancellationScope.nonCancellable(() => this.#force());
  }

  /** Resolves when what was asked for has ended, whatever with; the unit itself goes on as it would have. */
  async settled(): Promise<void> {
    await this.#asked;
  }

  async #force(): Promise<void> {
    try {
      await dispatchUnit(this.#run, this.#dispatch);
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      // Its item says so. It may be asked for once more.
      this.#asked = null;
    }
  }
}
