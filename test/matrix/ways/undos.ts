/** Steps that fail for good once they are done, and whose undo fails in its turn. */
import { failedWhenDone, stuckWhenDone } from '../expectation.ts';
import { brisk, type Way } from './way.ts';

const fails = { direction: 'run', misbehaviour: { kind: 'fail', moment: 'after' } } as const;

export const undoFailsOnce: Way = {
  name: 'undoFailsOnce',
  needs: 'undo',
  rules: [fails, { direction: 'undo', misbehaviour: { kind: 'failTimes', times: 1, moment: 'after' } }],
  strikes: 1,
  deadlineScale: brisk,
  expects: failedWhenDone,
};

export const undoFailsForGood: Way = {
  name: 'undoFailsForGood',
  needs: 'undo',
  rules: [fails, { direction: 'undo', misbehaviour: { kind: 'fail' } }],
  deadlineScale: brisk,
  expects: stuckWhenDone,
};
