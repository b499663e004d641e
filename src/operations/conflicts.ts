/** What happens to a new task while another one runs on the instance: a declared matrix. */
import { isDeletion, isOperationName, operations, waitsForNobody, type OperationName } from './index.ts';

/**
 * `refuse`: the caller is told what is in the way. `supersede`: what runs is cancelled and undone, or finishes where it
 * cannot go back; then the new task starts. `deliver`: the running task is the answer to the new request. `beside`: it
 * is carried out meanwhile. `queue`: what runs only looks and is over soon, so the new task waits for its turn.
 */
export type ConflictVerdict = 'refuse' | 'supersede' | 'deliver' | 'beside' | 'queue';

/** What Nova lets a hard reboot break in upon. */
const hardRebootSupersedes: readonly string[] = [
  'reboot',
  'pause',
  'unpause',
  'suspend',
  'resume',
] satisfies OperationName[];

/** The verdict on `requested` (with its input) while `running` runs. Refuse is the rule; the exceptions are here. */
export function conflictVerdict(running: string, requested: string, input: unknown): ConflictVerdict {
  if (isDeletion(requested)) return isDeletion(running) ? 'deliver' : 'supersede';
  if (isOperationName(requested) && operations[requested].besideTasks) return 'beside';
  if (waitsForNobody(requested)) return isDeletion(running) || running === requested ? 'refuse' : 'supersede';
  if (isOperationName(running) && operations[running].kind === 'observation') return 'queue';
  const hard = typeof input === 'object' && input !== null && 'type' in input && input.type === 'HARD';
  if (requested === 'reboot' && hard && hardRebootSupersedes.includes(running)) return 'supersede';
  return 'refuse';
}
