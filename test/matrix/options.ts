import type { Choice } from './cases.ts';
import type { Declarations } from './request.ts';

export interface MatrixOptions {
  readonly declarations: Declarations;
  readonly lanes: number;
  /** Chooses the part that is run, and the operations that are tried after each case. */
  readonly seed: number;
  readonly choice: Choice;
  /** `sample`: a part that covers each operation and each way. */
  readonly extent: 'all' | 'sample';
  /** Told of each result as it comes. */
  readonly report: (line: string) => void;
}
