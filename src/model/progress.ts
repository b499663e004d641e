/** How far a task has come, how long it may still take, and whether that is unusual. Pure. */
import { expectedMs, spanOf, workedMs, type OperationDurations } from './durations.ts';
import { countOf, median, quantile } from './histogram.ts';
import type { Step } from './operation.ts';
import { activityIdOf } from './task-history.ts';
import { hasEnded, type Direction, type Item, type ItemState, type Task } from './task.ts';
import { undoAhead } from './undo.ts';

/** What lies ahead of a task. */
export interface Outlook {
  /** Share of the way, 0 to 1, weighted by what the steps usually take. */
  readonly progress: number;
  /** How long it may still take, in milliseconds, pauses not counted; null where too little is known. */
  readonly remainingMs: number | null;
  /** It has worked longer than 95 % of its kind did in all. */
  readonly slow: boolean;
}

/** What must be known of an item to tell how far its task is. */
export type Stage = Pick<Item, 'step' | 'direction' | 'state' | 'startedAt' | 'endedAt'>;

/** What the unit under way has said of itself. */
export interface UnitProgress {
  readonly step: string;
  readonly direction: Direction;
  /** 0 to 1, as the unit has last said. */
  readonly share: number;
  readonly attempt: number;
}

/** The steps of a task, and how far it has come with them. */
export interface Way extends Pick<Task, 'expectedMs'> {
  /** As declared; empty where the declaration is not known. */
  readonly steps: readonly Step[];
  readonly stages: readonly Stage[];
  /** Null where it has said nothing. */
  readonly unit: UnitProgress | null;
}

/** How a task stands: what its outlook is made from. */
export interface Course extends Way, Pick<Task, 'status' | 'progress'> {
  /** Null where nothing is known of the operation. */
  readonly durations: OperationDurations | null;
}

/** With fewer nobody can speak of 95 %. */
const fewestToCompare = 20;
/** What so much of a unit has taken says how long the whole will take. */
const telltaleShare = 0.1;

/** The outlook of a task at a moment, in milliseconds since 1970. */
export const outlookOf = (course: Course, now: number): Outlook => ({
  progress: Math.max(course.progress, progressOf(course)),
  remainingMs: remainingOf(course, now),
  slow: isSlow(course, now),
});

/**
 * Share of the steps that have gone by, those left out included, each weighing what it was expected to take when the
 * task was asked for. Those expectations never change, so the share never goes down while the task goes forward.
 */
export function progressOf({ expectedMs: expected, stages, steps, unit }: Way): number {
  const weights = weightsOf(steps, expected);
  const begun = (name: string) => stages.some(({ step, direction }) => step === name && direction === 'run');
  // What came before a step that was begun has gone by, also where nobody has said that it was left out.
  const last = steps.findLastIndex(({ name }) => begun(name));
  const passed = steps.filter(({ name }, index) => index < last || (index === last && isOver(name, stages)));
  const running = unit?.direction === 'run' && steps[last]?.name === unit.step && !isOver(unit.step, stages);
  const weigh = (name: string) => weights.get(name) ?? 0;
  const done = passed.reduce((sum, { name }) => sum + weigh(name), 0) + (running ? weigh(unit.step) * unit.share : 0);
  const all = steps.reduce((sum, { name }) => sum + weigh(name), 0);
  return all === 0 ? 0 : Math.min(1, done / all);
}

/** By step: what it is expected to take; where that is not known, as much as the others do on average. */
function weightsOf(steps: readonly Step[], expected: Task['expectedMs'] = {}): ReadonlyMap<string, number> {
  const known = steps.flatMap(({ name }) => expected[name] ?? []);
  const usual = known.length === 0 ? 1 : known.reduce((sum, ms) => sum + ms, 0) / known.length;
  return new Map(steps.map(({ name }) => [name, Math.max(1, expected[name] ?? usual)]));
}

/** Whether a step has gone by. One that failed has not: it is undone, or owed. */
const isOver = (name: string, stages: readonly Stage[]): boolean =>
  stages.some(({ step, direction, state }) => step === name && direction === 'run' && overStates.includes(state));
const overStates: readonly ItemState[] = ['COMPLETED', 'SKIPPED', 'OWED'];

function remainingOf(course: Course, now: number): number | null {
  const { status, stages, durations } = course;
  if (hasEnded(status)) return 0;
  if (durations === null) return null;
  const running = stages.find(({ state }) => state === 'RUNNING');
  const rest = running === undefined ? 0 : restOf(running, course, now);
  const later = status === 'ROLLING_BACK' ? undosAhead(course) : stepsAhead(course);
  return sumOf([rest, ...later.map((id) => expectedMs(durations.units[id]))]);
}

/** Activity ids of the steps that have not begun. */
function stepsAhead({ steps, stages }: Course): string[] {
  const last = steps.findLastIndex(({ name }) =>
    stages.some(({ step, direction }) => step === name && direction === 'run'),
  );
  return steps.slice(last + 1).map(({ name }) => name);
}

/** Activity ids of the undos that have not begun. */
const undosAhead = ({ steps, stages }: Course): string[] =>
  undoAhead(steps, stages)
    .filter(({ name }) => !stages.some(({ step, direction }) => step === name && direction === 'undo'))
    .map(({ name }) => activityIdOf(name, 'undo'));

/** What the item under way still takes: by what it says itself, else by what its kind usually takes. */
function restOf(stage: Stage, { unit, durations }: Course, now: number): number | null {
  const { step, direction } = stage;
  const elapsed = spanOf(stage, now);
  const own = unit?.step === step && unit.direction === direction ? unit : null;
  if (own !== null && own.attempt === 1 && own.share >= telltaleShare) return (elapsed * (1 - own.share)) / own.share;
  const usual = durations?.units[activityIdOf(step, direction)];
  const whole = usual === undefined ? null : median(usual.ran);
  if (whole === null) return null;
  return own === null ? Math.max(0, whole - elapsed) : whole * (1 - own.share);
}

function isSlow({ stages, durations }: Course, now: number): boolean {
  if (durations === null || countOf(durations.whole) < fewestToCompare) return false;
  const limit = quantile(durations.whole, 0.95);
  return limit !== null && workedMs(stages, now) > limit;
}

/** Null where any is not known. */
export const sumOf = (parts: readonly (number | null)[]): number | null =>
  parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), 0);
