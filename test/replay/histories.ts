/** The golden histories: what workflows of earlier versions of this code have left, and any later version must replay. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('./histories/', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const suffix = '.json';

const fileOf = (name: string): string => join(folder, `${name.replaceAll(' ', '-').replaceAll("'", '')}${suffix}`);

/** Names of the files that there are. */
export async function recordedHistories(): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(suffix)).sort();
}

/** Whether this scenario has been recorded. */
export const isRecorded = async (name: string): Promise<boolean> =>
  (await recordedHistories()).some((file) => join(folder, file) === fileOf(name));

/** A history as it was recorded, in Temporal's JSON. */
export async function readHistory(file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, file), 'utf8'));
}

/** Keeps a history, without what it tells of the machine that it was recorded on. */
export async function writeHistory(name: string, history: string): Promise<void> {
  const impersonal = history.replaceAll(root, '').replaceAll(/"identity":\s*"[^"]*"/g, '"identity": "worker"');
  await writeFile(fileOf(name), `${JSON.stringify(JSON.parse(impersonal), null, 1)}\n`);
}
