import { randomUUID } from 'node:crypto';
import { access, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const errorCode = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/** What `work` gives; `otherwise` when it failed with this code of the file system. */
export async function unless<T, U>(code: 'ENOENT' | 'EEXIST', work: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (errorCode(error) === code) return otherwise;
    throw error;
  }
}

/** Whether there is such a file. */
export const exists = (file: string): Promise<boolean> =>
  unless(
    'ENOENT',
    access(file).then(() => true),
    false,
  );

/** The names in a folder, sorted; none when there is no such folder. */
export async function namesIn(directory: string): Promise<string[]> {
  const names = await unless('ENOENT', readdir(directory), []);
  return names.sort();
}

/** What a JSON file holds; null when there is none. */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await unless('ENOENT', readFile(file, 'utf8'), null);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`${file} cannot be read: ${reason}`, { cause: error });
  }
}

/**
 * Creates a JSON file, whole or not at all; false when there is one of that name already. A file in the making has a
 * name of its own and is then linked, so that neither a kill nor a second writer leaves half a file. It is not forced
 * to the disk: it has to survive the end of a process, not of the machine.
 */
export async function createJson(file: string, content: unknown): Promise<boolean> {
  const draft = join(dirname(file), `.${randomUUID()}.draft`);
  const text = `${JSON.stringify(content, null, 2)}\n`;
  const written = await unless(
    'ENOENT',
    writeFile(draft, text).then(() => true),
    false,
  );
  if (!written) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(draft, text);
  }
  try {
    return await unless(
      'EEXIST',
      link(draft, file).then(() => true),
      false,
    );
  } finally {
    await rm(draft, { force: true });
  }
}
