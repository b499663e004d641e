import { isBeyondReturn, type Cell } from './cell.ts';
import type { Way } from './ways/index.ts';

/** Why a way cannot be tried on a step; null when it can. All reasons are here. */
export function inapplicability(cell: Cell, { needs }: Pick<Way, 'needs'>): string | null {
  switch (needs) {
    case 'anyStep':
      return null;
    case 'hostWorker':
      return cell.step.unit.runsOn === 'host'
        ? null
        : 'the step runs on the control plane, which no worker of a host carries out';
    case 'undo':
      if (isBeyondReturn(cell)) return 'beyond the point of no return nothing is undone';
      return cell.step.undo === undefined ? 'the step has no undo' : null;
  }
}
