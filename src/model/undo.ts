/** What a roll-back takes back. Pure: the engine and the preview of a cancel ask the same. */
import type { Step } from './operation.ts';
import type { Item } from './task.ts';

/**
 * From when on there is no way back: once the step is dispatched; once it is done, for a step whose undo may come too
 * late; never, for all others.
 */
export const closesWayBack = ({ pointOfNoReturn, undo }: Pick<Step, 'pointOfNoReturn' | 'undo'>) =>
  pointOfNoReturn === true ? 'dispatched' : undo?.tooLate === undefined ? null : 'done';

/** The steps to take back, newest first: those that were dispatched, whatever came of it, and have an undo still to do. */
export const stepsToUndo = <S extends Pick<Step, 'name' | 'undo'>>(
  dispatched: readonly S[],
  isSettled: (name: string) => boolean,
): S[] => dispatched.filter(({ name, undo }) => undo !== undefined && !isSettled(name)).reverse();

type Stage = Pick<Item, 'step' | 'direction' | 'state'>;

/** Whether a step was dispatched, or was booked as a debt, by what its task shows. */
export const wasDispatched = (name: string, items: readonly Stage[]): boolean =>
  items.some(({ step, direction, state }) => step === name && direction === 'run' && state !== 'SKIPPED');

/** Whether a step has ended well, by what its task shows. */
export const wasDone = (name: string, items: readonly Stage[]): boolean =>
  items.some(({ step, direction, state }) => step === name && direction === 'run' && state === 'COMPLETED');

/** Whether what a step did has been taken back, or somebody owes that. */
export const wasUndone = (name: string, items: readonly Stage[]): boolean =>
  items.some(
    ({ step, direction, state }) =>
      step === name && direction === 'undo' && (state === 'COMPLETED' || state === 'OWED'),
  );

/** The steps of an operation that a roll-back would take back now, newest first, by what the task shows. */
export const undoAhead = (steps: readonly Step[], items: readonly Stage[]): Step[] =>
  stepsToUndo(
    steps.filter(({ name }) => wasDispatched(name, items)),
    (name) => wasUndone(name, items),
  );
