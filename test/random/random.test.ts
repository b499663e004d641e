/**
 * Random lives of instances agree with an independent model of Nova. ITASK_SEED draws the same lives again; a failure
 * prints the shortest life that was found, as commands. More of them: npm run model.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { operations } from '../../src/operations/index.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { failureText } from './failure-text.ts';
import { live } from './lives.ts';
import { rules } from './nova.ts';

const commands = 2_000;
/** Side by side: a life waits more than it works. */
const lanes = 4;
const { ITASK_SEED, ITASK_RUNS } = process.env;
const seed = Number(ITASK_SEED ?? Date.now() % 1_000_000);
/** Instances that are not deleted stay. */
const roomForAll = { vcpus: 20_000, memoryMb: 40_000_000, diskGb: 1_000_000 };
/** So many lives instead of so many commands. */
const runs = ITASK_RUNS === undefined ? null : Number(ITASK_RUNS);

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ capacity: roomForAll });
});
afterAll(() => fleet.dispose());

test('the model knows every operation that acts on an instance', () => {
  // resetState says what is not so: from then on the model could not tell either. evacuate needs a host that is dead.
  const known = new Set([...Object.keys(rules), 'create', 'recover', 'resetState', 'evacuate']);
  expect(Object.keys(operations).filter((name) => !known.has(name))).toEqual([]);
});

test(
  `${runs === null ? `${commands} random commands` : `${runs} random lives`} from the seed ${seed} leave instances as the model has them`,
  async () => {
    const outcomes = await Promise.all(sharesOf(runs).map(([from, isEnough]) => live(fleet, from, isEnough)));
    const failures = outcomes.flatMap(({ failure }) => (failure === null ? [] : [failureText(failure)]));
    expect(failures.join('\n\n')).toBe('');
    const carriedOut = outcomes.reduce((sum, outcome) => sum + outcome.commands, 0);
    expect(carriedOut).toBeGreaterThanOrEqual(runs === null ? commands : 1);
  },
  24 * 3_600_000,
);

/** Where each lane begins, and when it ends. */
function sharesOf(wanted: number | null): [seed: number, isEnough: Parameters<typeof live>[2]][] {
  return Array.from({ length: lanes }, (_, lane) => {
    if (wanted === null) return [seed + lane * 10_000, (soFar) => soFar.commands >= commands / lanes];
    // Consecutive seeds, so that one life of a seed is always the same.
    const from = Math.floor((wanted * lane) / lanes);
    const to = Math.floor((wanted * (lane + 1)) / lanes);
    return [seed + from, (soFar) => soFar.lives >= to - from];
  });
}
