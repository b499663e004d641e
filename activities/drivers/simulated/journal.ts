/**
 * The journal of one instance on one host: numbered entries, never changed and never removed. Each holds the complete
 * state after it, so that the newest one is the state, and an effect and its record are one act.
 *
 * To append is to create the file of the next number, which the file system grants to exactly one of those who try:
 * an exact compare-and-swap. There is no lock that a killed or frozen worker could leave behind.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createJson, readJson, unless } from './files.ts';
import { stateSchema } from './state.ts';

const entrySchema = z.strictObject({
  version: z.literal(1),
  at: z.iso.datetime(),
  unit: z.string(),
  /** The idempotency key of the unit's effect: task, step, direction. */
  key: z.string(),
  fence: z.strictObject({ generation: z.int(), sequence: z.int(), attempt: z.int() }),
  /** What happened, in short words; null when nothing did and the entry only keeps older units out. */
  effect: z.string().nullable(),
  /** `open`: the unit goes on. `done`: it has made true what it ensures. `refused`: it cannot be done in this state. */
  outcome: z.enum(['open', 'done', 'refused']),
  state: stateSchema,
});
export type Entry = z.infer<typeof entrySchema>;

export interface NumberedEntry {
  readonly number: number;
  readonly entry: Entry;
}

export interface Journal {
  /** The newest entry; null while there is none. */
  newest(): Promise<NumberedEntry | null>;
  /** Adds the entry of this number; false, and nothing is changed, when there is one already. */
  append(number: number, entry: Entry): Promise<boolean>;
}

const fileOf = (directory: string, number: number): string =>
  join(directory, `${String(number).padStart(8, '0')}.json`);

/** The journal kept in this folder, which the first entry creates. */
export function openJournal(directory: string): Journal {
  const exists = (number: number) =>
    unless(
      'ENOENT',
      access(fileOf(directory, number)).then(() => true),
      false,
    );
  return {
    async newest() {
      const number = await lastNumber(exists);
      const entry = await readEntry(directory, number);
      return entry === null ? null : { number, entry };
    },
    append: (number, entry) => createJson(fileOf(directory, number), entry),
  };
}

/** All entries of the journal in this folder, oldest first. */
export async function readEntries(directory: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const entry = await readEntry(directory, entries.length + 1);
    if (entry === null) return entries;
    entries.push(entry);
  }
}

const readEntry = (directory: string, number: number): Promise<Entry | null> =>
  readJson(fileOf(directory, number), entrySchema);

/**
 * The highest number there is, 0 for none. Numbers have no gaps, so it is looked for by doubling and halving, in a time
 * that hardly grows with the journal.
 */
async function lastNumber(exists: (number: number) => Promise<boolean>): Promise<number> {
  let known = 0;
  let stride = 1;
  while (await exists(known + stride)) {
    known += stride;
    stride *= 2;
  }
  while (stride > 1) {
    stride /= 2;
    if (await exists(known + stride)) known += stride;
  }
  return known;
}
