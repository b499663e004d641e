import { isDeepStrictEqual } from 'node:util';

/** Something that must hold and does not. */
export interface Violation {
  /** What must hold, in a word or two: `claims`, `status`. */
  readonly invariant: string;
  readonly detail: string;
}

/** None where the two are equal. */
export function unlessEqual(invariant: string, found: unknown, expected: unknown): Violation[] {
  if (isDeepStrictEqual(found, expected)) return [];
  return [{ invariant, detail: `is ${JSON.stringify(found)}, should be ${JSON.stringify(expected)}` }];
}
