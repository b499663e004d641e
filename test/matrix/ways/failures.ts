/** Steps that fail by themselves. */
import { milliseconds } from '../../../src/model/deadline.ts';
import type { Step } from '../../../src/model/operation.ts';
import { completed, failed, failedWhenDone, fatalFault, type Expectation } from '../expectation.ts';
import type { Cell } from '../cell.ts';
import { brisk, held, type Way } from './way.ts';

const failsForGood = (name: string, moment: 'before' | 'after', expects: (cell: Cell) => Expectation): Way => ({
  name,
  needs: 'anyStep',
  rules: [{ direction: 'run', misbehaviour: { kind: 'fail', moment } }],
  deadlineScale: brisk,
  expects,
});

export const failsBefore = failsForGood('failsBefore', 'before', (cell) =>
  failed(cell, 'FAILED', [fatalFault(cell.step.unit)]),
);
export const failsAfter = failsForGood('failsAfter', 'after', failedWhenDone);

export const failsOnce: Way = {
  name: 'failsOnce',
  needs: 'anyStep',
  rules: [{ direction: 'run', misbehaviour: { kind: 'failTimes', times: 1, moment: 'after' } }],
  strikes: 1,
  deadlineScale: brisk,
  expects: () => completed,
};

/** As short as it may be while others are still met on a busy machine. */
const scaledDown = ({ deadline }: Step): number => Math.min(0.15, 10_000 / milliseconds(deadline));

export const exceedsDeadline: Way = {
  name: 'exceedsDeadline',
  needs: 'anyStep',
  rules: [{ direction: 'run', misbehaviour: held }],
  deadlineScale: scaledDown,
  // On a busy machine its signs of progress may come late.
  expects: (cell) => failed(cell, 'TIMED_OUT', ['DEADLINE_EXCEEDED', 'HOST_UNRESPONSIVE']),
};
