/** Steps that fail for good once they are done, and whose undo fails in its turn. */
import { failed, fatalFault } from '../expectation.ts';
import { brisk, type Way } from './way.ts';

const fails = { direction: 'run', misbehaviour: { kind: 'fail', moment: 'after' } } as const;

export const undoFailsOnce: Way = {
  name: 'undoFailsOnce',
  needs: 'undo',
  rules: [fails, { direction: 'undo', misbehaviour: { kind: 'failTimes', times: 1, moment: 'after' } }],
  strikes: 1,
  deadlineScale: brisk,
  expects: (cell) => failed(cell, 'FAILED', [fatalFault(cell.step.unit)]),
};

export const undoFailsForGood: Way = {
  name: 'undoFailsForGood',
  needs: 'undo',
  rules: [fails, { direction: 'undo', misbehaviour: { kind: 'fail' } }],
  deadlineScale: brisk,
  expects: ({ step }) => ({
    status: 'ROLLBACK_FAILED',
    faults: [fatalFault(step.undo?.unit ?? step.unit)],
    outcome: 'undone',
    stuck: true,
    owed: false,
  }),
};
