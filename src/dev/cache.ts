import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { PlatformRelease } from './temporal-release.ts';
import { temporalRelease } from './temporal-release.ts';

/** Room that a download, unpacked and packed, takes at most. */
const neededMegabytes = 500;
const stagingPrefix = '.download-';
/** A download that was cut off leaves its folder; the next one removes it when it is this old. */
const abandonedAfterMs = 3_600_000;

/** The user's own folder for what this project downloads: outside of any clone, shared by all. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const home = env['HOME'] ?? homedir();
  const base =
    env['XDG_CACHE_HOME'] ?? (process.platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache'));
  return join(base, 'instance-tasks');
}

/** Where the pinned Temporal CLI is, or will be. */
export function cachedBinary(env: NodeJS.ProcessEnv): string {
  const platform = `${process.platform}-${process.arch}`;
  return join(cacheDirectory(env), 'temporal-cli', temporalRelease.version, platform, 'temporal');
}

/** Whether the file is there and may be run. */
export const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/**
 * Has a download done into a folder of its own and puts the binary that it found there into the cache, all at once: a
 * start that looks meanwhile sees the whole binary or none. Throws when the binary is not the pinned one.
 */
export async function downloadIntoCache(
  target: string,
  release: PlatformRelease,
  download: (folder: string) => Promise<string>,
): Promise<void> {
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent);
  await requireSpace(parent);
  const folder = await mkdtemp(join(parent, stagingPrefix));
  try {
    const binary = await download(folder);
    const sha256 = await sha256Of(binary);
    if (sha256 !== release.sha256) {
      throw new Error(`what came is not the pinned binary: its SHA-256 is ${sha256} instead of ${release.sha256}`);
    }
    await chmod(binary, 0o755);
    await rename(binary, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

async function requireSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const megabytes = Math.floor((bavail * bsize) / 1e6);
  if (megabytes < neededMegabytes) {
    throw new Error(`only ${megabytes} MB are free for ${folder}, and ${neededMegabytes} MB are needed`);
  }
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(stagingPrefix)) continue;
    const folder = join(parent, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > abandonedAfterMs) await rm(folder, { recursive: true, force: true });
  }
}
