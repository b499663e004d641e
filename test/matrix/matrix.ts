/** The fault matrix: each operation × each step × each way of trouble. */
import type { Fleet } from '../support/fleet.ts';
import { Arrivals } from './arrivals.ts';
import { caseText, casesOf, chosenOperations, secondsOfWaiting, type Case, type Cases } from './cases.ts';
import { Lane } from './lane.ts';
import type { MatrixOptions } from './options.ts';
import { runCase, type CaseResult } from './run-case.ts';
import { sampleOf, shuffled } from './sample.ts';
import { survey, type Sighting } from './survey.ts';

export interface MatrixResult extends Omit<Cases, 'cases'> {
  readonly sightings: readonly Sighting[];
  readonly results: readonly CaseResult[];
}

/** Surveys the operations and runs the cases, side by side in the lanes of a fleet that was made for so many. */
export async function runMatrix(fleet: Fleet, options: MatrixOptions): Promise<MatrixResult> {
  const { declarations, lanes: count, seed, choice, extent, report } = options;
  const lanes = Lane.all(fleet, declarations, count);
  const names = chosenOperations(declarations, choice);
  const arrivals = new Arrivals(declarations);
  const surveys = await inLanes(lanes, names, (lane, name) => survey(lane, arrivals, declarations, name, options));
  const sightings = surveys.flat();
  const traces = sightings.flatMap(({ trace }) => trace ?? []);
  const { cases, inapplicable, neverReached } = casesOf(declarations, traces, choice);
  report(`${sightings.length} situations surveyed, ${cases.length} cases generated`);
  const wanted = extent === 'all' ? shuffled(cases, seed) : sampleOf(cases, seed);
  const results = await inLanes(lanes, inGoodOrder(wanted), async (lane, each) => {
    const result = await runCase(lane, declarations, each, seed);
    const { violations, seconds } = result;
    report(`${violations.length === 0 ? '✔' : '✘'} ${caseText(each)} (${seconds.toFixed(1)} s)`);
    return result;
  });
  // A sample looks at a few situations only, in which not every step comes up.
  return { sightings, results, inapplicable, neverReached: extent === 'all' ? neverReached : [] };
}

/** Those that wait long come early, so that no lane is left alone with one; between others, as they leave the machine idle. */
function inGoodOrder(cases: readonly Case[]): Case[] {
  const longestFirst = cases.toSorted((a, b) => secondsOfWaiting(b) - secondsOfWaiting(a));
  const half = Math.ceil(cases.length / 2);
  return longestFirst
    .slice(0, half)
    .flatMap((each, index) => [each, ...longestFirst.slice(half + index, half + index + 1)]);
}

/** Does all of it, one thing at a time in each lane. */
async function inLanes<Thing, Result>(
  lanes: readonly Lane[],
  things: readonly Thing[],
  work: (lane: Lane, thing: Thing) => Promise<Result>,
): Promise<Result[]> {
  const waiting = things.values();
  const done = await Promise.all(
    lanes.map(async (lane) => {
      const results: Result[] = [];
      // All lanes take from the one iterator.
      for (const thing of waiting) results.push(await work(lane, thing));
      return results;
    }),
  );
  return done.flat();
}
