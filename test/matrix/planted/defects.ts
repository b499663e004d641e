/** Declarations with a defect each, as a person might make it. */
import type { Operation } from '../../../src/model/operation.ts';
import { operations } from '../../../src/operations/index.ts';

/** The operation without one of its steps. */
const withoutStep = (operation: Operation, step: string): Operation => ({
  ...operation,
  steps: operation.steps.filter(({ name }) => name !== step),
});

/** The operation without the undo of one of its steps. */
const withoutUndo = (operation: Operation, step: string): Operation => ({
  ...operation,
  steps: operation.steps.map((each) => {
    if (each.name !== step) return each;
    const { undo: _undo, ...rest } = each;
    return rest;
  }),
});

export const defects = {
  /** The port that it binds is not given back. */
  create: withoutUndo(operations.create, 'network'),
  /** The claim on the old host is kept. */
  confirmResize: withoutStep(operations.confirmResize, 'releaseOld'),
} as const;
