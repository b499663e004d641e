import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { processIdentity, processRuns } from './process.ts';
import { failedWith } from './set-up-error.ts';

const recordSchema = z.object({
  pid: z.int().positive(),
  /** See {@link processIdentity}. */
  identity: z.string(),
  /** When the process was started, ISO 8601. */
  since: z.iso.datetime(),
  /** What else is to be known of it. */
  details: z.record(z.string(), z.string()),
});

/** A running process as its file tells of it, so that a later command finds it and ends it. */
export type ProcessRecord = z.infer<typeof recordSchema>;

/** The process that the file tells of, if it still runs. A file that is stale, damaged or missing gives undefined. */
export async function runningProcess(file: string): Promise<ProcessRecord | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { data } = recordSchema.safeParse(parseJson(text));
  return data && (await processRuns(data.pid, data.identity)) ? data : undefined;
}

/** Writes down a process, in place of the one that the file told of before. */
export async function recordProcess(
  file: string,
  pid: number,
  details: Record<string, string>,
): Promise<ProcessRecord> {
  const record = await recordOf(pid, details);
  const draft = `${file}.${process.pid}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(draft, format(record));
  await rename(draft, file);
  return record;
}

/**
 * Writes down this very process, unless the file tells of one that runs: that one is returned then, and nothing is
 * written. Of two processes that try at once, one succeeds; only when both find the same stale file might both.
 */
export async function claimRecord(file: string, details: Record<string, string>): Promise<ProcessRecord | undefined> {
  await mkdir(dirname(file), { recursive: true });
  const text = format(await recordOf(process.pid, details));
  for (;;) {
    const taken = await writeFile(file, text, { flag: 'wx' }).then(
      () => false,
      (error: unknown) => failedWith(error, 'EEXIST') || Promise.reject(error),
    );
    if (!taken) return undefined;
    const holder = await runningProcess(file);
    if (holder) return holder;
    await rm(file, { force: true });
  }
}

/** Forgets the process. A file that cannot be removed does no harm: it tells of a process that does not run. */
export const forgetProcess = (file: string): Promise<void> => rm(file, { force: true }).catch(() => undefined);

async function recordOf(pid: number, details: Record<string, string>): Promise<ProcessRecord> {
  return { pid, identity: (await processIdentity(pid)) ?? '', since: new Date().toISOString(), details };
}

const format = (record: ProcessRecord): string => `${JSON.stringify(record, null, 2)}\n`;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
