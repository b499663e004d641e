/** Programs in other languages that tests run, got into the cache by those languages' own tools. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { cacheDirectory } from '../../src/dev/cache.ts';

/** Go's own installer does not put it where programs are looked for. */
const searched = [process.env['PATH'], '/usr/local/go/bin'].join(delimiter);
const cache = join(cacheDirectory(process.env), 'programs');

/** Says what is being got: it may take minutes. */
export type Tell = (line: string) => void;

/** Where Python's programs are once all that the file of requirements pins is there: `python`, and what it brings. */
export async function providePython(requirements: string, tell: Tell): Promise<string> {
  const { stdout: version } = await run('python3', ['--version']);
  const digest = createHash('sha256')
    .update(version)
    .update(await readFile(requirements))
    .digest('hex');
  const folder = join(cache, `python-${digest.slice(0, 12)}`);
  const programs = join(folder, 'bin');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return programs;
  tell(`getting ${requirements} into ${folder}`);
  // An environment knows its own path, so it is made where it stays; what was cut off is made anew.
  await rm(folder, { recursive: true, force: true });
  await mkdir(cache, { recursive: true });
  await run('python3', ['-m', 'venv', folder]);
  await run(join(programs, 'python'), ['-m', 'pip', 'install', '--quiet', '--no-deps', '--requirement', requirements]);
  await writeFile(complete, '');
  return programs;
}

/** A Go program, built from its folder. What it needs is in the caches of Go's own tools. */
export async function provideGo(folder: string, name: string, tell: Tell): Promise<string> {
  const program = join(cache, name);
  tell(`building ${program}`);
  await mkdir(cache, { recursive: true });
  await run('go', ['build', '-mod=readonly', '-o', program, '.'], folder);
  return program;
}

async function run(program: string, words: readonly string[], cwd = process.cwd()) {
  try {
    return await execa(program, words, { cwd, env: { PATH: searched }, timeout: 600_000 });
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const said = String(error.stderr).trimEnd().split('\n').slice(-3).join(' | ');
    throw new Error(`${program} ${words.slice(0, 3).join(' ')}: ${said || error.shortMessage}`, { cause: error });
  }
}
