/** How the history of a task's workflow is read: for watchers, for admins who need a stack trace, and for recovery. */
import type { Direction } from './task.ts';

/** Id of a unit's activity: what the Web UI shows, and what a task's history is read by. */
export const activityIdOf = (step: string, direction: Direction): string =>
  direction === 'run' ? step : `${direction} ${step}`;

/** An activity id of the engine, taken apart; null for activities that are no units. */
export function parseActivityId(activityId: string): { readonly step: string; readonly direction: Direction } | null {
  const [first = '', second, third] = activityId.split(' ');
  if (third !== undefined || first === 'owe' || first === '' || /^\d+$/.test(first)) return null;
  if (second === undefined) return { step: first, direction: 'run' };
  return first === 'undo' || first === 'force' || first === 'check' ? { step: second, direction: first } : null;
}

/** An activity id under which a unit was booked as a debt, taken apart; null for all others. */
export function parseOweId(activityId: string): { readonly step: string; readonly direction: 'run' | 'undo' } | null {
  const [first, direction, step] = activityId.split(' ');
  if (first !== 'owe' || step === undefined) return null;
  return direction === 'run' || direction === 'undo' ? { step, direction } : null;
}
