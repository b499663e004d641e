import { goOn, settle } from './aftermath.ts';
import type { Case } from './cases.ts';
import type { Expected } from './invariants/expected.ts';
import { checkEnd, checkSettled } from './invariants/index.ts';
import type { Lane } from './lane.ts';
import type { Declarations } from './request.ts';
import { Subject } from './subject.ts';
import { tryRequest } from './trial.ts';
import type { Violation } from './violation.ts';

export interface CaseResult {
  readonly of: Case;
  readonly violations: readonly Violation[];
  readonly seconds: number;
}

/** Runs one case in a lane, from the making of its instance to its end. Never throws: what goes wrong is a violation. */
export async function runCase(lane: Lane, declarations: Declarations, of: Case, seed: number): Promise<CaseResult> {
  const from = performance.now();
  const violations = await violationsOf(lane, declarations, of, seed).catch((error: unknown): Violation[] => [
    { invariant: 'case', detail: error instanceof Error ? `${error.name}: ${error.message}` : String(error) },
  ]);
  return { of, violations, seconds: (performance.now() - from) / 1_000 };
}

/** Something may be owed for the trouble, or be left to be owed as ever. */
const isOwed = ({ expectation: { owed, outcome }, trace }: Expected): boolean =>
  owed || (outcome === 'done' && trace.owes);

async function violationsOf(lane: Lane, declarations: Declarations, of: Case, seed: number): Promise<Violation[]> {
  await lane.ready();
  const { cell, way } = of;
  const subject = new Subject(lane, declarations);
  const trial = await tryRequest(subject, cell.trace.candidate, of);
  const expected = { expectation: way.expects(cell), operation: cell.operation, trace: cell.trace };
  return [
    ...trial.violations,
    ...(await checkEnd(trial, expected)),
    ...(await settle(trial, isOwed(expected))),
    ...(await checkSettled(trial, expected)),
    ...(await goOn(subject, seed)),
  ];
}
