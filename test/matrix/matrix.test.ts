/**
 * A part of the fault matrix, drawn by a seed: each operation and each way of trouble at least once. ITASK_SEED draws the
 * same part again; `npm run matrix` runs all of it.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { operations } from '../../src/operations/index.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { chosenOperations } from './cases.ts';
import { fleetOptionsFor } from './lane.ts';
import { runMatrix } from './matrix.ts';
import { failuresOf } from './report.ts';
import { ways } from './ways/index.ts';

const lanes = 3;
const { ITASK_SEED } = process.env;
const seed = Number(ITASK_SEED ?? Date.now() % 1_000_000);
const names = (of: Iterable<string>): string[] => [...new Set(of)].sort();

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(fleetOptionsFor(lanes));
});
afterAll(() => fleet.dispose());

test(`the part of the fault matrix that seed ${seed} draws holds for each operation and each way`, async () => {
  const result = await runMatrix(fleet, {
    declarations: operations,
    lanes,
    seed,
    choice: {},
    extent: 'sample',
    report: (line) => void process.stderr.write(`${line}\n`),
  });
  expect(failuresOf(result, seed).join('\n\n')).toBe('');
  expect(names(result.results.map(({ of }) => of.cell.operation.name))).toEqual(
    names(chosenOperations(operations, {})),
  );
  expect(names(result.results.map(({ of }) => of.way.name))).toEqual(names(ways.map(({ name }) => name)));
}, 600_000);
