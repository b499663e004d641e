import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf, type Report } from './set-up-error.ts';
import { temporalRelease, type PlatformRelease } from './temporal-release.ts';

/** A download that brings nothing for so long is given up. */
const stalledAfterMs = 15_000;

/**
 * Has the SDK download the Temporal CLI into a folder, as it does for tests, and returns the path of the binary. The SDK
 * can do so only by starting a server too, which is stopped at once. Rejects when it fails, stalls or is aborted.
 */
export async function downloadBySdk(
  folder: string,
  { bytes }: PlatformRelease,
  { report, signal }: { report: Report; signal?: AbortSignal | undefined },
): Promise<string> {
  const watch = new AbortController();
  const stop = signal ? AbortSignal.any([signal, watch.signal]) : watch.signal;
  try {
    await Promise.race([startAndStopServer(folder), watchGrowth(folder, bytes, report, stop)]);
  } finally {
    watch.abort();
  }
  const binary = (await filesOf(folder)).find(({ name }) => !name.endsWith('.downloading'));
  if (!binary) throw new Error('the SDK reported success, but left no file');
  return binary.path;
}

async function startAndStopServer(downloadDir: string): Promise<void> {
  // Loaded here only: it brings the SDK's native library along, which most starts do not need in this process.
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', version: `v${temporalRelease.version}`, downloadDir, ttl: '1h' } },
  }).catch((error: unknown) => {
    // The native library says some parts of its message twice.
    throw new Error([...new Set(reasonOf(error).split(': '))].join(': '), { cause: error });
  });
  await environment.teardown();
}

/** Reports the growth of the download; rejects when it stalls. Never resolves. */
async function watchGrowth(folder: string, expectedBytes: number, report: Report, signal: AbortSignal): Promise<never> {
  let [size, grownAt, reported] = [0, Date.now(), 0];
  for (;;) {
    await sleep(500, undefined, { signal });
    const now = (await filesOf(folder)).reduce((sum, { bytes }) => sum + bytes, 0);
    if (now > size) [size, grownAt] = [now, Date.now()];
    const tenths = Math.min(10, Math.floor((10 * size) / expectedBytes));
    if (tenths > reported) report(`  ${tenths * 10} % downloaded`);
    reported = Math.max(reported, tenths);
    if (size < expectedBytes && Date.now() - grownAt > stalledAfterMs) {
      throw new Error(`no data came for ${stalledAfterMs / 1_000} s`);
    }
  }
}

async function filesOf(folder: string): Promise<{ name: string; path: string; bytes: number }[]> {
  const names = await readdir(folder);
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const { size } = await stat(path).catch(() => ({ size: 0 }));
      return { name, path, bytes: size };
    }),
  );
}
