/** What may be done with a task, and why not. Pure: the task itself and the preview of a cancel ask the same. */
import type { Operation, Step } from './operation.ts';
import { hasEnded, type Task, type TaskStatus, type TaskVerb } from './task.ts';
import { closesWayBack, wasDispatched, wasDone } from './undo.ts';

/** How a task stands, as far as that decides what it takes. */
export interface Standing {
  readonly status: TaskStatus;
  readonly pauseRequested: boolean;
  readonly cancelRequested: boolean;
  /** The step that closed the way back; null while it is open. */
  readonly noReturnSince: string | null;
  /** The step under way can be made to end soon. */
  readonly canForceComplete: boolean;
}

/** What may be done with the task now. */
export function verbsOf(standing: Standing): TaskVerb[] {
  const { status, pauseRequested, cancelRequested, noReturnSince, canForceComplete } = standing;
  const verbs: TaskVerb[] = [];
  if (cancelRequested) return verbs;
  if (status === 'RUNNING') verbs.push(pauseRequested ? 'resume' : 'pause');
  if (status === 'PAUSED') verbs.push('resume');
  if ((status === 'RUNNING' || status === 'PAUSED') && noReturnSince === null) verbs.push('cancel');
  if (canForceComplete) verbs.push('forceComplete');
  return verbs;
}

/** Why the task does not take the verb now; null when it does. */
export function verbRefusal(verb: TaskVerb, standing: Standing, steps: readonly Step[]): string | null {
  const { status, cancelRequested, noReturnSince } = standing;
  if (cancelRequested) return 'the task is being cancelled already';
  if (verbsOf(standing).includes(verb)) return null;
  if (status === 'ROLLING_BACK') return 'the task is being rolled back; that goes on to its end';
  if (verb === 'cancel' && noReturnSince !== null) {
    const irreversible = steps.find(({ name }) => name === noReturnSince)?.irreversible;
    return `the task is past its point of no return, the step ${noReturnSince}${irreversible === undefined ? '' : `: ${irreversible}`}`;
  }
  if (verb === 'forceComplete') return 'only a live migration that is copying memory can be forced to complete';
  if (verb === 'pause') return 'the task is paused already';
  if (verb === 'resume') return 'the task is not paused';
  return `the task is ${status}`;
}

/** Why a cancel of the task would be refused, by what the task shows; null when it would be heeded. */
export function cancelRefusal(task: Task, { steps }: Pick<Operation, 'steps'>): string | null {
  const { status, pauseRequested, items, notes, verbs } = task;
  if (hasEnded(status)) return `the task has ended: it is ${status}`;
  if (verbs.includes('cancel')) return null;
  const noReturn = steps.find((step) => hasClosedWayBack(step, items));
  // A cancel that came too late no longer counts.
  const cancelRequested =
    noReturn === undefined && notes.some(({ verb, refusal }) => verb === 'cancel' && refusal === null);
  const noReturnSince = noReturn?.name ?? null;
  const standing = { status, pauseRequested, cancelRequested, noReturnSince, canForceComplete: false };
  return verbRefusal('cancel', standing, steps) ?? 'the task only goes forward';
}

const hasClosedWayBack = (step: Step, items: Task['items']): boolean => {
  const closes = closesWayBack(step);
  if (closes === null) return false;
  return closes === 'dispatched' ? wasDispatched(step.name, items) : wasDone(step.name, items);
};
