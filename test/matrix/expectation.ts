/** What must become of a task and its instance, derived from the declaration. */
import type { FaultCode } from '../../src/model/fault.ts';
import type { EndedTaskStatus } from '../../src/model/task.ts';
import { isBeyondReturn, isBeyondReturnWhenDone, isOwed, type Cell } from './cell.ts';

export interface Expectation {
  readonly status: EndedTaskStatus;
  /** The fault has one of these codes; none: the task has no fault. */
  readonly faults: readonly FaultCode[];
  /** Where the instance ends: as the operation promises, or as it was. */
  readonly outcome: 'done' | 'undone';
  /** It gets there by other effects than it does when nothing is in its way. */
  readonly detour: boolean;
  /** A person has to have it recovered first, and until then the instance is in error. */
  readonly stuck: boolean;
  /** The host owes the step until a worker of it comes. */
  readonly owed: boolean;
}

/** Nothing of it shows in the end. */
export const completed: Expectation = {
  status: 'COMPLETED',
  faults: [],
  outcome: 'done',
  detour: false,
  stuck: false,
  owed: false,
};

/** The step fails for good, one way or another. */
export function failed(cell: Cell, status: 'FAILED' | 'TIMED_OUT', faults: readonly FaultCode[]): Expectation {
  if (isOwed(cell)) return { ...completed, owed: true };
  const beyond = isBeyondReturn(cell);
  return { status, faults, outcome: beyond ? 'done' : 'undone', detour: false, stuck: beyond, owed: false };
}

/** The step has had its effect and fails for good all the same. Where it is too late to turn back it counts as done. */
export const failedWhenDone = (cell: Cell): Expectation =>
  isBeyondReturnWhenDone(cell) && !isBeyondReturn(cell)
    ? { ...completed, detour: true }
    : failed(cell, 'FAILED', [fatalFault(cell.step.unit)]);

/** The same, and its undo fails for good, too. */
export const stuckWhenDone = (cell: Cell): Expectation => {
  const isDone = isBeyondReturnWhenDone(cell);
  return {
    status: 'ROLLBACK_FAILED',
    faults: [fatalFault(cell.step.undo?.unit ?? cell.step.unit)],
    outcome: isDone ? 'done' : 'undone',
    detour: isDone,
    stuck: true,
    owed: false,
  };
};

/** What a unit raises that is told to fail for good. */
export const fatalFault = ({ runsOn }: Cell['step']['unit']): FaultCode =>
  runsOn === 'host' ? 'HYPERVISOR_ERROR' : 'INTERNAL_ERROR';
