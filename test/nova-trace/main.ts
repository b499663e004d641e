/**
 * `npm run trace`: the requests that were recorded from a real Nova, made here, and the answers compared. Exits with 1 for a
 * difference that `differences.yml` does not list, or lists without need.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { compare, readTrace } from './compare.ts';
import { readDifferences } from './differences.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const golden = here('nova-26.2-microversion-2.93.json');

const print = (line: string) => void process.stdout.write(`${line}\n`);

/** Makes the requests, and writes what came of them. */
async function trace(out: string, scenarios: string): Promise<void> {
  const target = execa(process.execPath, ['--import', 'tsx', here('target.ts')], { stderr: 'ignore', buffer: false });
  try {
    const found = new Map<string, string>();
    for await (const line of createInterface({ input: target.stdout })) {
      const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (key !== undefined && value !== undefined) found.set(key, value);
      if (found.size === 3) break;
    }
    const [endpoint, token, member] = ['ENDPOINT', 'TOKEN', 'MEMBER'].map((key) => found.get(key) ?? '');
    const words = ['--endpoint', endpoint, '--token', token, '--member-token', member, '--out', out, '--quiet'];
    const only = scenarios === '' ? [] : ['--only', scenarios];
    await execa('python3', [here('trace.py'), ...words.map(String), ...only, '--limit', '12'], { stdio: 'inherit' });
  } finally {
    target.kill('SIGTERM');
    await target.catch(() => undefined);
  }
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
