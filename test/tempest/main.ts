/**
 * `npm run test:tempest [-- REGEX]`: OpenStack's own tests of its compute API. Those that need what is not here are left
 * out: `excluded.yml` says which, each with its reason.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { parse } from 'yaml';
import { z } from 'zod';
import { providePython } from '../support/provided-programs.ts';
import { withServedCloud, type ServedCloud } from '../support/served-cloud.ts';
import { writeTempestConfiguration } from './configuration.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const print = (line: string) => void process.stdout.write(`${line}\n`);

/** Regular expressions over the names of tests. */
const excludedSchema = z.array(z.strictObject({ tests: z.array(z.string()).min(1), reason: z.string().min(1) }));

/** Runs them, and returns the exit code: not 0 where one fails. */
async function run(programs: string, cloud: ServedCloud, wanted: string): Promise<number> {
  const excluded = excludedSchema.parse(parse(await readFile(here('excluded.yml'), 'utf8')));
  const folder = await mkdtemp(join(tmpdir(), 'instance-tasks-tempest-'));
  try {
    const workspace = join(folder, 'workspace');
    const registry = ['--workspace-path', join(folder, 'workspaces.yaml')];
    const tempest = join(programs, 'tempest');
    const env = { PATH: `${programs}:${process.env['PATH'] ?? ''}`, TEMPEST_CONFIG_DIR: folder };
    await execa(tempest, ['init', ...registry, workspace], { env });
    await writeTempestConfiguration(folder, cloud);
    const list = join(folder, 'excluded.txt');
    await writeFile(list, excluded.flatMap(({ tests }) => tests).join('\n'));
    const words = ['run', '--regex', wanted, '--exclude-list', list, '--concurrency', '1'];
    const { exitCode } = await execa(tempest, words, { cwd: workspace, env, stdio: 'inherit', reject: false });
    for (const { tests, reason } of excluded) print(`left out: ${tests.join(', ')}: ${reason}`);
    return exitCode ?? 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const [wanted = '^tempest\\.api\\.compute\\.'] = process.argv.slice(2);
const programs = await providePython(here('requirements.txt'), print);
process.exitCode = await withServedCloud((cloud) => run(programs, cloud, wanted));
