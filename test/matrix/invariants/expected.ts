import type { Operation } from '../../../src/model/operation.ts';
import type { Trace } from '../cell.ts';
import type { Expectation } from '../expectation.ts';

/** What a trial is held against. */
export interface Expected {
  readonly expectation: Expectation;
  readonly operation: Operation;
  /** What the operation does when nothing is in its way. */
  readonly trace: Trace;
}
