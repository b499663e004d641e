import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Begins a log anew; the one that was there stays beside it as `….previous`. */
export async function beginLog(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await rename(file, `${file}.previous`).catch(() => undefined);
}

/** Gives `use` a file descriptor that appends to the log, for the output of a process that it starts. */
export async function withLog<Result>(file: string, use: (descriptor: number) => Promise<Result>): Promise<Result> {
  const handle = await open(file, 'a');
  try {
    return await use(handle.fd);
  } finally {
    await handle.close();
  }
}

/** How many bytes the log has; 0 when there is none. */
export async function logSize(file: string): Promise<number> {
  return Buffer.byteLength(await readLog(file));
}

/** The lines written from byte `from` on, without empty ones. */
export async function logLines(file: string, from = 0): Promise<string[]> {
  const text = Buffer.from(await readLog(file))
    .subarray(from)
    .toString('utf8');
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** The end of a log as it is shown to a person: its path and its last lines, indented. */
export async function lastWords(file: string, from = 0): Promise<string> {
  const lines = (await logLines(file, from)).slice(-8).map((line) => `  ${line.slice(0, 400)}`);
  return lines.length === 0 ? `Its log is empty: ${file}` : `The end of its log, ${file}:\n${lines.join('\n')}`;
}

const readLog = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
