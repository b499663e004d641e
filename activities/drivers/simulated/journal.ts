/**
 * The journal of one thing, such as an instance on a host: numbered entries, never changed and never removed. Each holds
 * the complete state after it, so that the newest one is the state, and an effect and its record are one act.
 *
 * To append is to create the file of the next number, which the file system grants to exactly one of those who try:
 * an exact compare-and-swap. There is no lock that a killed or frozen worker could leave behind.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { createJson, exists, readJson } from './files.ts';
import {
  imageStateSchema,
  noImage,
  nothingThere,
  noVolume,
  stateSchema,
  volumeStateSchema,
  type ImageState,
  type InstanceState,
  type VolumeState,
} from './state.ts';

/** An entry, but for the state. */
const entryHead = z.strictObject({
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
  /** The instance whose unit it was. Fences order the units of one instance; absent where no unit did it. */
  instanceId: z.exactOptional(z.string()),
});
export type Entry<State = InstanceState> = z.infer<typeof entryHead> & { readonly state: State };

export interface NumberedEntry<State = InstanceState> {
  readonly number: number;
  readonly entry: Entry<State>;
}

export interface Journal<State = InstanceState> {
  /** The state before the first entry. */
  readonly initial: State;
  /** Units of several instances write it. */
  readonly shared: boolean;
  /** The newest entry; null while there is none. */
  newest(): Promise<NumberedEntry<State> | null>;
  /** The entry of this number; null when there is none. */
  read(number: number): Promise<Entry<State> | null>;
  /** Adds the entry of this number; false, and nothing is changed, when there is one already. */
  append(number: number, entry: Entry<State>): Promise<boolean>;
}

/** What journals of one kind are about. */
interface JournalKind<State> {
  readonly initial: State;
  readonly shared: boolean;
  readonly entry: z.ZodType<Entry<State>>;
}

const ofInstances: JournalKind<InstanceState> = {
  initial: nothingThere,
  shared: false,
  entry: entryHead.extend({ state: stateSchema }),
};
const ofImages: JournalKind<ImageState> = {
  initial: noImage,
  shared: false,
  entry: entryHead.extend({ state: imageStateSchema }),
};
const ofVolumes: JournalKind<VolumeState> = {
  initial: noVolume,
  shared: true,
  entry: entryHead.extend({ state: volumeStateSchema }),
};

const fileOf = (directory: string, number: number): string =>
  join(directory, `${String(number).padStart(8, '0')}.json`);

/** The journal of an instance on a host, kept in this folder, which the first entry creates. */
export const openJournal = (directory: string): Journal => open(ofInstances, directory);

/** The journal of an image, kept in this folder. */
export const openImageJournal = (directory: string): Journal<ImageState> => open(ofImages, directory);

/** The journal of a volume, kept in this folder. */
export const openVolumeJournal = (directory: string): Journal<VolumeState> => open(ofVolumes, directory);

function open<State>(kind: JournalKind<State>, directory: string): Journal<State> {
  const has = (number: number) => exists(fileOf(directory, number));
  return {
    initial: kind.initial,
    shared: kind.shared,
    read: (number) => readEntry(kind, directory, number),
    async newest() {
      const number = await lastNumber(has);
      const entry = await readEntry(kind, directory, number);
      return entry === null ? null : { number, entry };
    },
    append: (number, entry) => createJson(fileOf(directory, number), entry),
  };
}

/** All entries of the journal of an instance in this folder, oldest first. */
export const readEntries = (directory: string): Promise<Entry[]> => readAll(ofInstances, directory);

/** All entries of the journal of an image in this folder, oldest first. */
export const readImageEntries = (directory: string): Promise<Entry<ImageState>[]> => readAll(ofImages, directory);

/** All entries of the journal of a volume in this folder, oldest first. */
export const readVolumeEntries = (directory: string): Promise<Entry<VolumeState>[]> => readAll(ofVolumes, directory);

async function readAll<State>(kind: JournalKind<State>, directory: string): Promise<Entry<State>[]> {
  const entries: Entry<State>[] = [];
  for (;;) {
    const entry = await readEntry(kind, directory, entries.length + 1);
    if (entry === null) return entries;
    entries.push(entry);
  }
}

const readEntry = <State>(
  { entry }: JournalKind<State>,
  directory: string,
  number: number,
): Promise<Entry<State> | null> => readJson(fileOf(directory, number), entry);

/**
 * The highest number there is, 0 for none. Numbers have no gaps, so it is looked for by doubling and halving, in a time
 * that hardly grows with the journal.
 */
async function lastNumber(has: (number: number) => Promise<boolean>): Promise<number> {
  let known = 0;
  let stride = 1;
  while (await has(known + stride)) {
    known += stride;
    stride *= 2;
  }
  while (stride > 1) {
    stride /= 2;
    if (await has(known + stride)) known += stride;
  }
  return known;
}
