import type { ErasedContext, Step } from '../../src/model/operation.ts';
import { reverseChanges, type RecordChanges } from '../../src/model/instance.ts';
import { closesWayBack, stepsToUndo } from '../../src/model/undo.ts';
import type { RecoverInput } from '../../src/operations/recover.schema.ts';
import type { ExecutedTask } from '../control-activities.ts';
import { contextOf, type Work } from './work.ts';

/**
 * What has been done for an operation so far: the outputs of its steps, and which are to be undone. Kept beside the
 * visible items because a recovery takes it over from another task.
 */
export class Execution {
  readonly #work: Work;
  readonly #outputs = new Map<string, unknown>();
  /** Names of the steps that were dispatched, oldest first: what they did must be assumed, whatever they answered. */
  readonly #dispatched: string[] = [];
  /** Names of those that have said that they changed nothing. */
  readonly #forgotten = new Set<string>();
  /** Names of the steps that nobody needs to take back any more. */
  readonly #settled = new Set<string>();
  /** Hosts that did not answer in this task: nothing more is sent to them. */
  readonly unreachable = new Set<string>();

  constructor(work: Work) {
    this.#work = work;
  }

  /** What the declaration's functions may look at. */
  get context(): ErasedContext {
    return { ...Object.fromEntries(this.#outputs), ...contextOf(this.#work) };
  }

  /** Continues what a lost task and those that tried to recover it have done. */
  adopt(tasks: readonly ExecutedTask[]): void {
    for (const { decision, executed } of tasks) {
      if (decision !== null) this.#decide(decision);
      for (const { step, direction, outcome, output } of executed) {
        if (direction === 'run') {
          this.dispatch(step);
          if (outcome !== 'unknown') this.complete(step, output);
        } else if (direction === 'undo' && outcome === 'done') this.takenBack(step, output);
        else if (direction === 'undo' && outcome === 'owed') this.settle(step);
      }
    }
  }

  /** A person's word on the undo that failed: where it is not named, that is the next one. */
  #decide({ decision, step = this.toUndo()[0]?.name }: RecoverInput): void {
    if ((decision === 'skip' || decision === 'markDone') && step !== undefined) this.settle(step);
  }

  dispatch(step: string): void {
    if (!this.#dispatched.includes(step)) this.#dispatched.push(step);
  }

  /** The step has said that it changed nothing. */
  forget(step: string): void {
    const index = this.#dispatched.indexOf(step);
    if (index >= 0) this.#dispatched.splice(index, 1);
    this.#forgotten.add(step);
  }

  complete(step: string, output: unknown): void {
    this.#outputs.set(step, output);
  }

  /** The step needs no undo any more. */
  settle(step: string): void {
    this.#settled.add(step);
  }

  /** The undo of a step has ended with this answer. Says whether the step was taken back: where not, it is done. */
  takenBack(name: string, found: unknown): boolean {
    const step = this.#steps().find((candidate) => candidate.name === name);
    const output = step?.undo?.tooLate?.(found) ?? null;
    if (output === null) this.settle(name);
    else this.complete(name, output);
    return output === null;
  }

  isComplete(step: string): boolean {
    return this.#outputs.has(step);
  }

  /** The steps to take back, newest first. */
  toUndo(): Step[] {
    return stepsToUndo(this.#steps(), (name) => this.#settled.has(name));
  }

  /** The step that closed the way back; null while none has. */
  get noReturnSince(): string | null {
    return this.#steps().find((step) => this.#hasClosedWayBack(step))?.name ?? null;
  }

  #hasClosedWayBack(step: Step): boolean {
    const closes = closesWayBack(step);
    return closes === 'dispatched' || (closes === 'done' && this.isComplete(step.name));
  }

  /** Whether anything was sent to this host, also what changed nothing: it may have found the guest otherwise than recorded. */
  touched(host: string): boolean {
    const { context } = this;
    const forgotten = this.#work.operation.steps.filter(({ name }) => this.#forgotten.has(name));
    return [...this.#steps(), ...forgotten].some((step) => step.on?.(context) === host);
  }

  /** What the record owes to the steps that are done and were not taken back. */
  changes(): RecordChanges {
    return this.#changesBy(this.#steps().filter(({ name }) => !this.#settled.has(name)));
  }

  /** What the record owes to the steps that were taken back: an earlier attempt may have ended between them. */
  reversedChanges(): RecordChanges {
    const undone = this.#steps().filter(({ name }) => this.#settled.has(name));
    return reverseChanges(this.#changesBy(undone), this.#work.instance);
  }

  #changesBy(steps: readonly Step[]): RecordChanges {
    const { context } = this;
    return steps
      .filter(({ name, pointOfNoReturn }) => this.isComplete(name) || pointOfNoReturn === true)
      .reduce<RecordChanges>((changes, step) => ({ ...changes, ...step.changes?.(context) }), {});
  }

  /** The steps that were dispatched, in the order of the declaration, which is that of their dispatch. */
  #steps(): Step[] {
    return this.#work.operation.steps.filter(({ name }) => this.#dispatched.includes(name));
  }
}
