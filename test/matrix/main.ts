/** `npm run matrix`: all cases, or those that the options choose. Exit code 1 when anything is wrong. */
import { parseArgs } from 'node:util';
import { operations } from '../../src/operations/index.ts';
import { startFleet } from '../support/fleet.ts';
import { fleetOptionsFor } from './lane.ts';
import { runMatrix } from './matrix.ts';
import { failuresOf, summaryOf } from './report.ts';

const { values } = parseArgs({
  options: {
    operation: { type: 'string' },
    step: { type: 'string' },
    way: { type: 'string' },
    seed: { type: 'string' },
    lanes: { type: 'string', default: '6' },
    sample: { type: 'boolean', default: false },
  },
});
const { operation, step, way, sample } = values;
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const lanes = Number(values.lanes);
const choice = {
  ...(operation !== undefined && { operation }),
  ...(step !== undefined && { step }),
  ...(way !== undefined && { way }),
};
const report = (line: string): void => void process.stdout.write(`${line}\n`);

report(`seed ${seed}, ${lanes} lanes`);
const from = performance.now();
const fleet = await startFleet(fleetOptionsFor(lanes));
try {
  const extent = sample ? 'sample' : 'all';
  const result = await runMatrix(fleet, { declarations: operations, lanes, seed, choice, extent, report });
  const failures = failuresOf(result, seed);
  report(['', summaryOf(result), '', ...failures].join('\n'));
  report(`${failures.length} failures, ${((performance.now() - from) / 60_000).toFixed(1)} minutes, seed ${seed}`);
  if (failures.length > 0 || result.results.length === 0) process.exitCode = 1;
} catch (error) {
  // Other lanes are at work, and stumble when their fleet is gone: what they say then is not what was wrong.
  report(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
} finally {
  await fleet.dispose();
}
