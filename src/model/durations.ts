/** What past tasks have taken: by operation, and by each unit of it. Pure; the workflow `durations` keeps it. */
import { countOf, emptyHistogram, halved, histogramOf, median, mergeHistograms, type Histogram } from './histogram.ts';
import type { Operation } from './operation.ts';
import { activityIdOf } from './task-history.ts';
import type { EndedTask, Item } from './task.ts';

/** What is known of one unit of an operation: a step, or what takes it back. */
export interface UnitDurations {
  readonly ran: Histogram;
  /** How often the step was not needed. */
  readonly leftOut: number;
}

/** What is known of an operation. */
export interface OperationDurations {
  /** Of completed tasks: the time that they worked, without what they waited or were paused. */
  readonly whole: Histogram;
  /** By activity id: `copyDisk`, `undo copyDisk`. */
  readonly units: Readonly<Record<string, UnitDurations>>;
}

/** By operation. */
export type Durations = Readonly<Record<string, OperationDurations>>;

/** Beyond so many the older ones begin to be forgotten: hosts and guests change. */
const mostRemembered = 1_000;

/** When an item began and ended. */
export type Timed = Pick<Item, 'startedAt' | 'endedAt'>;

/** How long an item has taken, in milliseconds; until `now` where it has not ended. */
export function spanOf({ startedAt, endedAt }: Timed, now: number): number {
  if (startedAt === null) return 0;
  return Math.max(0, (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt));
}

/** How long a task has worked towards its end, in milliseconds: pauses and roll-backs are not counted. */
export const workedMs = (items: readonly (Timed & Pick<Item, 'direction'>)[], now: number): number =>
  items.filter(({ direction }) => direction === 'run').reduce((sum, item) => sum + spanOf(item, now), 0);

/** What an ended task teaches. `work`: the operation whose steps it did, which for a recovery is another one's. */
export function lessonsOf({ operation, status, items, endedAt }: EndedTask, work: string): Durations {
  const now = Date.parse(endedAt);
  const units = items.reduce<OperationDurations['units']>((known, item) => {
    const lesson = lessonOf(item, now);
    if (lesson === null) return known;
    const id = activityIdOf(item.step, item.direction);
    return { ...known, [id]: mergeUnits(known[id] ?? unknownUnit, lesson) };
  }, {});
  const ofWork: Durations = { [work]: { whole: emptyHistogram, units } };
  if (status !== 'COMPLETED') return ofWork;
  return mergeDurations(ofWork, { [operation]: { whole: histogramOf(workedMs(items, now)), units: {} } });
}

function lessonOf(item: Item, now: number): UnitDurations | null {
  if (item.state === 'SKIPPED') return { ran: emptyHistogram, leftOut: 1 };
  return item.state === 'COMPLETED' ? { ran: histogramOf(spanOf(item, now)), leftOut: 0 } : null;
}

/** All that is in either. */
export function mergeDurations(one: Durations, other: Durations): Durations {
  return mergeRecords(one, other, (a, b) => ({
    whole: mergeHistograms(a.whole, b.whole),
    units: mergeRecords(a.units, b.units, mergeUnits),
  }));
}

/** The same, with what is old fading away where there is more than enough. */
export const agedDurations = (durations: Durations): Durations =>
  mapValues(durations, ({ whole, units }) => ({
    whole: countOf(whole) > mostRemembered ? halved(whole) : whole,
    units: mapValues(units, agedUnit),
  }));

function agedUnit(unit: UnitDurations): UnitDurations {
  const { ran, leftOut } = unit;
  return countOf(ran) + leftOut > mostRemembered ? { ran: halved(ran), leftOut: Math.floor(leftOut / 2) } : unit;
}

/** How long a unit may be expected to take, the chance that it is left out included; null when nothing is known of it. */
export function expectedMs(unit: UnitDurations | undefined): number | null {
  if (unit === undefined) return null;
  const times = countOf(unit.ran);
  const all = times + unit.leftOut;
  return all === 0 ? null : ((median(unit.ran) ?? 0) * times) / all;
}

/** What the steps of an operation may be expected to take, in whole milliseconds; steps that are not known are left out. */
export function expectedStepsMs({ name, steps }: Operation, durations: Durations | null): Record<string, number> {
  const units = durations?.[name]?.units ?? {};
  return Object.fromEntries(
    steps.flatMap((step) => {
      const expected = expectedMs(units[step.name]);
      return expected === null ? [] : [[step.name, Math.round(expected)]];
    }),
  );
}

const unknownUnit: UnitDurations = { ran: emptyHistogram, leftOut: 0 };

const mergeUnits = (a: UnitDurations, b: UnitDurations): UnitDurations => ({
  ran: mergeHistograms(a.ran, b.ran),
  leftOut: a.leftOut + b.leftOut,
});

function mergeRecords<T>(
  one: Readonly<Record<string, T>>,
  other: Readonly<Record<string, T>>,
  merge: (a: T, b: T) => T,
): Record<string, T> {
  const merged = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const known = merged[key];
    merged[key] = known === undefined ? value : merge(known, value);
  }
  return merged;
}

const mapValues = <T>(record: Readonly<Record<string, T>>, map: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
