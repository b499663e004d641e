import { CancellationScope, condition, setHandler, type ExternalWorkflowHandle } from '@temporalio/workflow';
import { taskVerbs, type Note, type Task, type TaskVerb } from '../../src/model/task.ts';
import { verbRefusal } from '../../src/model/verbs.ts';
import { afterAnswers } from '../after-answers.ts';
import { taskSignals, taskUpdates, type ControlRequest } from '../messages.ts';
import { refuse } from '../refusal.ts';
import { now, type TaskRun } from './task-run.ts';

/** Thrown at the gate once a cancel has been accepted. */
export class TaskCancelled extends Error {
  override readonly name = 'TaskCancelled';
}

const descriptions: Record<TaskVerb, string> = {
  pause: 'Holds the task before its next step. Argument: {"actor": "...", "reason": "..."}',
  resume: 'Lets a paused task go on. Argument: {"actor": "...", "reason": "..."}',
  cancel: 'Stops the task and takes back what it did. Argument: {"actor": "...", "reason": "..."}',
  forceComplete: 'Has a live migration stop the guest and complete. Argument: {"actor": "...", "reason": "..."}',
};

/** Pause, resume and cancel of a running task: by update, by signal, and Temporal's own cancel, which means the same. */
export class Controls {
  readonly #run: TaskRun;
  /** Of the way forward. */
  #scope: CancellationScope | null = null;
  /** The sub-task under way: what this task is told is for that one to heed. */
  #subTask: Pick<ExternalWorkflowHandle, 'signal'> | null = null;

  constructor(run: TaskRun) {
    this.#run = run;
    for (const verb of taskVerbs) this.#listenFor(verb);
    void CancellationScope.current().cancelRequested.catch(() => {
      this.#heed('cancel', { actor: 'temporal', reason: 'cancelled through Temporal' });
    });
  }

  /** Whether there is nothing to heed at the gate. Asked first, because each promise of a workflow has its price. */
  get gateIsOpen(): boolean {
    return !this.#run.pauseRequested && !this.#run.cancelRequested;
  }

  /** Between two steps: waits while paused. Throws {@link TaskCancelled} when the task is to stop here. */
  async gate(): Promise<void> {
    const run = this.#run;
    // Between a resume and this line there may have been another pause.
    while (run.pauseRequested && !run.cancelRequested) {
      run.setStatus('PAUSED');
      await condition(() => run.status !== 'PAUSED' || run.cancelRequested);
      await afterAnswers();
    }
    if (run.cancelRequested) throw new TaskCancelled('the task was cancelled');
  }

  /** Runs the way forward, which a cancel tears down; it is refused where there is no way back. */
  runForward<T>(way: () => Promise<T>): Promise<T> {
    this.#scope = new CancellationScope({ cancellable: true });
    return this.#scope.run(way);
  }

  /** From now on what the task is told is passed on to this sub-task, and so is what it has been told and not heeded yet. */
  passOnTo(subTask: Pick<ExternalWorkflowHandle, 'signal'> | null): void {
    this.#subTask = subTask;
    if (this.#run.cancelRequested) this.#tellSubTask('cancel');
    else if (this.#run.pauseRequested) this.#tellSubTask('pause');
  }

  #tellSubTask(verb: TaskVerb, request: ControlRequest = lastWord(this.#run, verb)): void {
    // One that has just ended is no error: it no longer needs to be told.
    void this.#subTask?.signal(taskSignals[verb], request).catch(() => undefined);
  }

  /** A cancel that was heeded has come too late all the same. */
  withdrawCancel(): void {
    if (!this.#run.cancelRequested) return;
    this.#run.cancelRequested = false;
    const refusal = this.#refusal('cancel') ?? 'it came too late';
    this.#run.note({ at: now(), verb: 'cancel', actor: 'system', reason: null, refusal });
  }

  #listenFor(verb: TaskVerb): void {
    const description = descriptions[verb];
    const update = (request?: ControlRequest): Task => {
      this.#heed(verb, request);
      return this.#run.view();
    };
    const validator = (_request?: ControlRequest) => {
      const refusal = this.#refusal(verb);
      if (refusal === null) return;
      const { request, status } = this.#run;
      refuse({ type: 'TaskVerbRefused', message: refusal, taskId: request.id, verb, status });
    };
    setHandler(taskUpdates[verb], update, { validator, description });
    setHandler(
      taskSignals[verb],
      (request?: ControlRequest) => {
        this.#heed(verb, request);
      },
      { description },
    );
  }

  #heed(verb: TaskVerb, request: ControlRequest | undefined): void {
    const refusal = this.#refusal(verb);
    this.#run.note(toNote(verb, request, refusal));
    if (refusal !== null) return;
    if (verb === 'forceComplete') {
      this.#run.forceCompletion?.ask();
      return;
    }
    // What the answer shows must be so already: the task itself comes to it later.
    if (verb === 'cancel') this.#run.cancelRequested = true;
    else this.#run.pauseRequested = verb === 'pause';
    if (this.#run.status === 'PAUSED') this.#run.setStatus('RUNNING');
    else this.#run.refresh();
    if (verb === 'cancel') this.#scope?.cancel();
    this.#tellSubTask(verb, request);
  }

  #refusal(verb: TaskVerb): string | null {
    return verbRefusal(verb, this.#run, this.#run.work.operation.steps);
  }
}

/** Who told the task that last, and why. */
function lastWord(run: TaskRun, verb: TaskVerb): ControlRequest {
  const { actor = 'unknown', reason = null } = run.view().notes.findLast((note) => note.verb === verb) ?? {};
  return { actor, reason };
}

/** Hand-written signals may carry anything. */
export function toNote(verb: TaskVerb, request: ControlRequest | undefined, refusal: string | null): Note {
  const { actor, reason } = request ?? {};
  return {
    at: now(),
    verb,
    actor: typeof actor === 'string' && actor !== '' ? actor : 'unknown',
    reason: typeof reason === 'string' ? reason : null,
    refusal,
  };
}
