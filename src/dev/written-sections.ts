/** Configuration files as they are written: their sections, and where each of them stands. */
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { ConfigurationError, problemAt, type WrittenFile } from './configuration-error.ts';
import { reasonOf, SetUpError } from './set-up-error.ts';

/** What is written in a file, or in several that extend one another. */
export interface WrittenSections {
  /** The sections by their names, where the file is what it should be. */
  readonly content: unknown;
  /** Where a section stands; where none of the files has it, the one that was asked for. */
  readonly fileOf: (section: PropertyKey | undefined) => WrittenFile;
}

/**
 * Reads a file and, where it `extends` another, that one too: the sections of the one that extends stand in place of
 * those of the other. Throws a {@link SetUpError}.
 */
export async function readSections(path: string, extending: readonly string[] = []): Promise<WrittenSections> {
  const file = await readWritten(path);
  const content: unknown = file.document.toJS();
  if (!isMapping(content) || !('extends' in content)) return { content, fileOf: () => file };
  const { extends: base, ...own } = content;
  const refuse = (message: string) => new ConfigurationError([problemAt(file, ['extends'], message)]);
  if (typeof base !== 'string' || base === '') throw refuse('is wrong; right would be a path, relative to this file');
  const there = isAbsolute(base) ? base : join(dirname(path), base);
  const chain = [...extending, resolve(path)];
  if (chain.includes(resolve(there))) throw refuse(`is wrong: "${base}" extends this file`);
  const below = await readSections(there, chain);
  const inherited = isMapping(below.content) ? below.content : {};
  return {
    content: { ...inherited, ...own },
    fileOf: (section) =>
      section !== undefined && !Object.hasOwn(own, section) && Object.hasOwn(inherited, section)
        ? below.fileOf(section)
        : file,
  };
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function readWritten(path: string): Promise<WrittenFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new SetUpError(`The configuration ${path} cannot be read: ${reasonOf(error)}`, { cause: error });
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length === 0) return { path, document, lines };
  throw new ConfigurationError(
    document.errors.map(({ pos, message }) => ({ file: path, key: '', line: lines.linePos(pos[0]).line, message })),
  );
}
