/** How a declaration says what the platform does by itself some time after it. */
import type { FollowUpAfter } from '../model/follow-up.ts';
import type { Operation } from '../model/operation.ts';

interface Delay {
  /** From the end of the task on. */
  readonly afterSeconds: number;
  /** Name of the operation that leaves it. */
  readonly of: string;
}

/**
 * For `commits` and `changes`: `{ followUp: followUp(confirmResize, {}, { afterSeconds: 3_600, of: 'resize' }) }` has the
 * instance ask for a confirmResize an hour later, as a task of the actor `system`. It is judged then as any other, and
 * not asked for when the vm_state has changed before.
 */
export const followUp = <Input>(
  { name, version }: Operation<string, Input>,
  input: NoInfer<Input>,
  { afterSeconds, of }: Delay,
): FollowUpAfter => ({
  operation: name,
  operationVersion: version,
  input,
  afterSeconds,
  reason: `${inWords(afterSeconds)} after ${of}`,
});

function inWords(seconds: number): string {
  if (seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
