/** After a case life goes on: what was left is recovered, what is owed is paid, another operation works, and so does the end. */
import type { Task } from '../../src/client/index.ts';
import { nothingIsLeft, recordEqualsHypervisor } from './invariants/agreement.ts';
import { shuffled } from './sample.ts';
import type { Subject } from './subject.ts';
import type { Trial } from './trial.ts';
import { unlessEqual, type Violation } from './violation.ts';

/** Has a person recover what the task has left, and the hosts pay what they owe. */
export async function settle({ subject, task }: Trial, isOwed: boolean): Promise<Violation[]> {
  const { client } = subject.lane.fleet;
  const recovery = task.looseEnds ? await subject.ended(await client.recover(subject.id, { decision: 'retry' })) : null;
  const owed = await payDebts(subject);
  return [...(recovery === null ? [] : works('recovery', recovery)), ...unlessEqual('owes something', owed, isOwed)];
}

/** Has the hosts pay what they owe. Whether there was anything. */
export async function payDebts({ id, lane }: Subject): Promise<boolean> {
  const owing = await lane.fleet.hypervisors.hostsThatOwe(id);
  await lane.payDebts(id);
  return owing.length > 0;
}

/** The next legal operation works, one that the seed chooses; then the instance is ended, and nothing of it is left. */
export async function goOn(subject: Subject, seed: number): Promise<Violation[]> {
  const { powerState, residence } = await subject.record();
  const guestIsLost = residence !== null && powerState === 'NOSTATE';
  const next = await subject.runFirst(shuffled(await subject.legalRequests(), seed));
  const violations = next === null || isInVain(next.task, guestIsLost) ? [] : works('next operation', next.task);
  if (next !== null) violations.push(...(await recordEqualsHypervisor(subject)));
  const end = await subject.end();
  if (end !== null) violations.push(...works('end', end));
  return [...violations, ...(await nothingIsLeft(subject))];
}

/** What needs a guest may say that there is none. */
const isInVain = ({ fault }: Task, guestIsLost: boolean): boolean => guestIsLost && fault?.code === 'GUEST_NOT_FOUND';

const works = (invariant: string, { operation, status, fault }: Task): Violation[] =>
  status === 'COMPLETED' ? [] : [{ invariant, detail: `${operation} is ${status}: ${fault?.message ?? 'no fault'}` }];
