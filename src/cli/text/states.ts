/** Marks and colours of states, the same wherever they are shown. */
import type { Colors } from '../../dev/colors.ts';
import type { ItemState } from '../../model/task.ts';
import type { Paint } from './table.ts';

/** Before a step: as in the step list of the Web UI. */
export const stepMarks: Record<ItemState, string> = {
  WAITING: '·',
  RUNNING: '▶',
  COMPLETED: '✔',
  FAILED: '✘',
  ABORTED: '✘',
  TIMED_OUT: '✘',
  SKIPPED: '–',
  OWED: '⏸',
};

/** The colour of a state of a task, a step or an instance. */
export function paintState(state: string | null, colors: Colors): Paint {
  switch (state) {
    case 'COMPLETED':
    case 'active':
      return colors.green;
    case 'FAILED':
    case 'TIMED_OUT':
    case 'ROLLBACK_FAILED':
    case 'error':
      return colors.red;
    case 'ABORTED':
    case 'PAUSED':
    case 'ROLLING_BACK':
    case 'OWED':
    case 'paused':
    case 'suspended':
    case 'resized':
      return colors.yellow;
    case 'RUNNING':
    case 'building':
      return colors.cyan;
    case 'WAITING':
    case 'SKIPPED':
    case 'QUEUED':
    case 'stopped':
    case 'shelved':
    case 'shelved_offloaded':
    case 'deleted':
      return colors.dim;
    default:
      return String;
  }
}
