import { condition } from '@temporalio/workflow';

/**
 * Resolves when the handlers that can answer at once have answered. Whoever was woken by a handler waits for this before
 * it starts something: an answer takes more promises where it is traced than where it is not, and the order of the two in
 * the history must be the same, or tracing could not be switched on while workflows run.
 */
export function afterAnswers(): Promise<void> {
  // Conditions are looked at once when they are made, and again when no promise is left to settle.
  let looks = 0;
  return condition(() => (looks += 1) > 1);
}
