import type { NewFaultRule } from '../../../activities/drivers/simulated/fault-rules.ts';
import type { Task } from '../../../src/client/index.ts';
import type { Step } from '../../../src/model/operation.ts';
import type { Fleet } from '../../support/fleet.ts';
import type { Cell } from '../cell.ts';
import type { Expectation } from '../expectation.ts';
import type { Violation } from '../violation.ts';

/** A task under way whose step is in trouble. */
export interface Stage {
  readonly fleet: Fleet;
  readonly cell: Cell;
  readonly task: Task;
  /** Clears the rules: a unit that is held up goes on. */
  readonly release: () => Promise<void>;
}

/** Something that may happen to a step. */
export interface Way {
  readonly name: string;
  /** What it takes to happen at all. */
  readonly needs: 'anyStep' | 'hostWorker' | 'undo';
  /** How the unit of the step misbehaves. */
  readonly rules: readonly Pick<NewFaultRule, 'misbehaviour' | 'direction'>[];
  /** How often the rules strike, where that is counted. */
  readonly strikes?: number;
  /** Multiplies the deadlines of the task. */
  readonly deadlineScale: (step: Step) => number;
  /** What is done while the step is under way. */
  readonly meanwhile?: (stage: Stage) => Promise<readonly Violation[]>;
  readonly expects: (cell: Cell) => Expectation;
}

/** Dead workers are noticed after two seconds, and no unit is late on a busy machine. */
export const brisk = (): number => 0.4;

/** Holds a unit up, with signs of progress, until the rule is cleared. */
export const held = { kind: 'delay', duration: '24h' } as const;
