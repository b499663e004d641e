/**
 * `npm run trace`: the requests that were recorded from a real Nova, made here, and the answers compared. Exits with 1 for a
 * difference that `differences.yml` does not list, or lists without need.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { withServedCloud } from '../support/served-cloud.ts';
import { compare, readTrace } from './compare.ts';
import { readDifferences } from './differences.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const golden = here('nova-26.2-microversion-2.93.json');

const print = (line: string) => void process.stdout.write(`${line}\n`);

/** Makes the requests, and writes what came of them. */
async function trace(out: string, scenarios: string): Promise<void> {
  await withServedCloud(async ({ endpoint, token, memberToken }) => {
    const words = ['--endpoint', endpoint, '--token', token, '--member-token', memberToken, '--out', out, '--quiet'];
    const only = scenarios === '' ? [] : ['--only', scenarios];
    await execa('python3', [here('trace.py'), ...words, ...only, '--limit', '12'], { stdio: 'inherit' });
  });
}

async function main(): Promise<number> {
  const scenarios = process.argv[2] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'instance-tasks-trace-'));
  try {
    const out = join(folder, 'ours.json');
    await trace(out, scenarios);
    const wanted = await readTrace(golden);
    const chosen = scenarios.split(',');
    const steps = Object.entries(wanted.steps).filter(
      ([step]) => scenarios === '' || chosen.includes(step.split('/')[0] ?? ''),
    );
    const result = compare({ steps: Object.fromEntries(steps) }, await readTrace(out), await readDifferences());
    for (const { check, ours, golden: was } of result.disagreements) print(`${check}: ${ours}, Nova ${was}`);
    const needless = scenarios === '' ? result.needless : [];
    for (const source of needless) print(`listed without need: ${source}`);
    const { checks, agreeing, known, disagreements } = result;
    print(`${agreeing} of ${checks} checks agree, ${known} differ as listed, ${disagreements.length} otherwise`);
    return disagreements.length + needless.length === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
