/** Which situations are worth trying: what an operation would do at the end of a route is foreseen, as a plan foresees it. */
import type { Operation } from '../../src/model/operation.ts';
import { courseOf } from '../../src/operations/plan.ts';
import type { Arrival } from './arrivals.ts';
import type { Candidate } from './candidates.ts';

/** What may come of a candidate. */
export interface Prospect {
  /** Steps that may be dispatched. */
  readonly steps: readonly string[];
  /** Candidates of which the same can be foreseen have the same one. */
  readonly likeness: string;
}

/** Null where the operation would be refused. */
export function prospectOf(
  operation: Operation,
  { request, route, guest }: Candidate,
  arrival: Arrival,
): Prospect | null {
  const { record: instance, inputOf } = arrival;
  const input = inputOf(request);
  if (operation.refusal({ input, instance }) !== null) return null;
  const purpose = { input, instance, taskId: instance.id, actor: '', requestedAt: instance.updatedAt };
  const { steps } = courseOf(operation, purpose, null);
  return {
    steps: steps.filter(({ applies }) => !applies.known || applies.value).map(({ name }) => name),
    likeness: JSON.stringify([steps.map(({ applies }) => applies), request, guest, route.losesGuest, route.losesHost]),
  };
}
