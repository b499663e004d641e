/** The cases, generated from the declarations and from what the survey has seen. Pure. */
import { milliseconds } from '../../src/model/deadline.ts';
import { inapplicability } from './applicability.ts';
import type { Cell, Trace } from './cell.ts';
import { hasSteps, type Declarations } from './request.ts';
import { exceedsDeadline } from './ways/failures.ts';
import { ways, type Way } from './ways/index.ts';

/** One way of trouble for one step. */
export interface Case {
  readonly cell: Cell;
  readonly way: Way;
}

/** Which cases are wanted: all, where nothing is said. */
export interface Choice {
  readonly operation?: string;
  readonly step?: string;
  readonly way?: string;
}

/** A case that cannot be tried, and why. */
export interface Inapplicable {
  readonly operation: string;
  readonly reason: string;
}

export interface Cases {
  readonly cases: readonly Case[];
  readonly inapplicable: readonly Inapplicable[];
  /** Steps that nobody knows how to reach: `rescue removeLeftover`. */
  readonly neverReached: readonly string[];
}

/** The operations that a choice is about. */
export const chosenOperations = (declarations: Declarations, { operation: wanted }: Choice): string[] =>
  Object.entries(declarations)
    .filter(([name, operation]) => hasSteps(operation) && (wanted === undefined || wanted === name))
    .map(([name]) => name);

/** Each chosen operation × each step × each way. */
export function casesOf(declarations: Declarations, traces: readonly Trace[], choice: Choice): Cases {
  const cases: Case[] = [];
  const inapplicable: Inapplicable[] = [];
  const neverReached: string[] = [];
  for (const name of chosenOperations(declarations, choice)) {
    const operation = declarations[name];
    for (const step of operation?.steps ?? []) {
      if (choice.step !== undefined && choice.step !== step.name) continue;
      const trace = traces.find((seen) => seen.operation === name && seen.dispatched.includes(step.name));
      if (operation === undefined || trace === undefined) {
        neverReached.push(`${name} ${step.name}`);
        continue;
      }
      const cell = { operation, step, trace };
      for (const way of ways.filter((each) => choice.way === undefined || choice.way === each.name)) {
        const reason = inapplicability(cell, way);
        if (reason === null) cases.push({ cell, way });
        else inapplicable.push({ operation: name, reason });
      }
    }
  }
  return { cases, inapplicable, neverReached };
}

/** How long a case waits for its deadline, which is the longest that a case takes. */
export function secondsOfWaiting({ cell: { step }, way }: Case): number {
  return way === exceedsDeadline ? (milliseconds(step.deadline) * way.deadlineScale(step)) / 1_000 : 0;
}

/** The case as it is named and asked for. */
export const caseText = ({ cell: { operation, step }, way }: Case): string =>
  `${operation.name} ${step.name} ${way.name}`;
