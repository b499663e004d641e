import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lessonsOf, mergeDurations, type OperationDurations } from '../../src/model/durations.ts';
import { outlookOf, progressOf, type Course } from '../../src/model/progress.ts';
import type { TaskTransition } from '../../src/model/task-change.ts';
import { TaskMeter } from '../../src/model/task-meter.ts';
import type { Item } from '../../src/model/task.ts';
import { operations } from '../../src/operations/index.ts';
import { at, sampleItem, timedItem } from '../support/items.ts';
import { sampleRequest, sampleTask } from '../support/samples.ts';

const { steps } = operations.resize;
const nothing = { steps, stages: [], unit: null };

/** What is known after tasks whose items were these. */
function after(...tasks: readonly (readonly Item[])[]): OperationDurations | null {
  const known = tasks.map((items) => {
    const task = sampleTask(sampleRequest('resize'), { items });
    return lessonsOf({ ...task, status: 'COMPLETED', endedAt: at(60_000), changes: {} }, 'resize');
  });
  return known.reduce(mergeDurations, {})['resize'] ?? null;
}
const whole = steps.map(({ name }, index) => timedItem(name, index * 1_000, (index + 1) * 1_000));
const course = (change: Partial<Course>): Course => ({
  ...nothing,
  status: 'RUNNING',
  progress: 0,
  durations: after(whole),
  ...change,
});
const started = Date.parse(at(0));

describe('progress', () => {
  test('gives all steps the same weight where nothing is known of them', () => {
    const stages = [timedItem('claim', 0, 100)];
    expect(progressOf({ ...nothing, stages })).toBeCloseTo(1 / steps.length);
  });

  test('weighs each step by what it was expected to take', () => {
    const expectedMs = Object.fromEntries(steps.map(({ name }) => [name, name === 'copyDisk' ? 9_000 : 125]));
    const stages = [
      timedItem('claim', 0, 100),
      timedItem('shutDown', 100, 200),
      sampleItem('powerOff'),
      sampleItem('copyDisk'),
    ];
    const all = 9_000 + 125 * (steps.length - 1);
    expect(progressOf({ ...nothing, expectedMs, stages })).toBeCloseTo((9_000 + 3 * 125) / all);
  });

  test('counts steps that were left out without anybody saying so', () => {
    const stages = [sampleItem('claim'), sampleItem('copyDisk', { state: 'RUNNING' })];
    expect(progressOf({ ...nothing, stages })).toBeCloseTo(3 / steps.length);
  });

  test('counts the part of the running unit that is done', () => {
    const stages = [sampleItem('claim', { state: 'RUNNING' })];
    const unit = { step: 'claim', direction: 'run', share: 0.5, attempt: 1 } as const;
    expect(progressOf({ ...nothing, stages, unit })).toBeCloseTo(0.5 / steps.length);
  });

  test('is between 0 and 1, and grows with every step, whatever was expected', () => {
    const expected = fc.dictionary(fc.constantFrom(...steps.map(({ name }) => name)), fc.integer({ min: 0, max: 1e9 }));
    fc.assert(
      fc.property(expected, (expectedMs) => {
        const shares = steps.map((_step, index) => {
          const stages = steps.slice(0, index + 1).map(({ name }) => sampleItem(name));
          return progressOf({ ...nothing, expectedMs, stages });
        });
        expect(shares).toEqual([...shares].sort((a, b) => a - b));
        expect(shares[0]).toBeGreaterThan(0);
        expect(shares.at(-1)).toBeCloseTo(1);
      }),
    );
  });
});

describe('the time left', () => {
  test('is not known where no such task has been', () => {
    expect(outlookOf(course({ durations: null }), started).remainingMs).toBeNull();
    expect(outlookOf(course({ durations: after([timedItem('claim', 0, 100)]) }), started).remainingMs).toBeNull();
  });

  test('is what the steps to come usually take, and the rest of the one under way', () => {
    const stages = [
      timedItem('claim', 0, 1_000),
      timedItem('shutDown', 1_000, 1_000, { state: 'RUNNING', endedAt: null }),
    ];
    const { remainingMs } = outlookOf(course({ stages }), started + 1_400);
    const usual = (steps.length - 1) * 1_000 - 400;
    expect(remainingMs).toBeGreaterThanOrEqual(usual);
    expect(remainingMs).toBeLessThanOrEqual(usual * 1.06);
  });

  test('goes by what the unit says of itself once that tells something', () => {
    const stages = steps.map(({ name }, index) =>
      index < steps.length - 1 ? sampleItem(name) : timedItem(name, 0, 0, { state: 'RUNNING', endedAt: null }),
    );
    const unit = { step: steps.at(-1)?.name ?? '', direction: 'run', share: 0.25, attempt: 1 } as const;
    expect(outlookOf(course({ stages, unit }), started + 10_000).remainingMs).toBe(30_000);
  });

  test('does not go down while the task is paused between two steps', () => {
    const paused = course({ status: 'PAUSED', stages: [timedItem('claim', 0, 1_000)] });
    expect(outlookOf(paused, started + 90_000).remainingMs).toBe(outlookOf(paused, started + 1_000).remainingMs);
  });

  test('of a roll-back is what is still to be undone', () => {
    const undone = after([
      timedItem('claim', 0, 500, { direction: 'undo' }),
      timedItem('shutDown', 0, 700, { direction: 'undo' }),
    ]);
    const stages = [sampleItem('claim'), sampleItem('shutDown'), timedItem('shutDown', 0, 700, { direction: 'undo' })];
    const { remainingMs } = outlookOf(course({ status: 'ROLLING_BACK', stages, durations: undone }), started);
    expect(remainingMs).toBeGreaterThanOrEqual(500);
    expect(remainingMs).toBeLessThanOrEqual(525);
  });

  test('of an ended task is none', () => {
    expect(outlookOf(course({ status: 'FAILED' }), started).remainingMs).toBe(0);
  });
});

describe('a task is slower than 95 % of its kind', () => {
  const working = [timedItem('claim', 0, 0, { state: 'RUNNING', endedAt: null })];
  const past = (count: number) => after(...Array.from({ length: count }, () => [timedItem('claim', 0, 1_000)]));

  test('when it has worked longer than they did', () => {
    const running = course({ durations: past(20), stages: working });
    expect(outlookOf(running, started + 1_000).slow).toBe(false);
    expect(outlookOf(running, started + 1_100).slow).toBe(true);
  });

  test('when that is so without the time that it was paused', () => {
    const paused = course({ status: 'PAUSED', durations: past(20), stages: [timedItem('claim', 0, 900)] });
    expect(outlookOf(paused, started + 3_600_000).slow).toBe(false);
  });

  test('when there are enough of them to tell', () => {
    expect(outlookOf(course({ durations: past(19), stages: working }), started + 60_000).slow).toBe(false);
  });
});

describe('the meter of a watched task', () => {
  const change = fc.oneof(
    fc.record({
      kind: fc.constant('step' as const),
      step: fc.constantFrom(...steps.map(({ name }) => name)),
      direction: fc.constantFrom('run' as const, 'undo' as const),
      state: fc.constantFrom('RUNNING' as const, 'COMPLETED' as const, 'FAILED' as const),
    }),
    fc.record({
      kind: fc.constant('progress' as const),
      step: fc.constantFrom(...steps.map(({ name }) => name)),
      direction: fc.constant('run' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      attempt: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({
      kind: fc.constant('status' as const),
      status: fc.constantFrom('RUNNING' as const, 'PAUSED' as const, 'ROLLING_BACK' as const),
    }),
  );

  test('never runs backwards, whatever it is told', () => {
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const meter = new TaskMeter(sampleTask(sampleRequest('resize')), steps);
        const told = changes.map((news, index) => {
          const transition: TaskTransition = { cursor: String(index), at: at(index), ...news };
          meter.heed(transition);
          return meter.outlook(started + index).progress;
        });
        expect(told).toEqual([...told].sort((a, b) => a - b));
        expect(told.every((share) => share >= 0 && share <= 1)).toBe(true);
      }),
    );
  });

  test('keeps what it has told when a unit begins anew', () => {
    const meter = new TaskMeter(sampleTask(sampleRequest('resize')), steps);
    const tell = (share: number, attempt: number) => {
      meter.heed({ kind: 'progress', cursor: '1', at: at(0), step: 'claim', direction: 'run', share, attempt });
      return meter.outlook(started).progress;
    };
    meter.heed({ kind: 'step', cursor: '1', at: at(0), step: 'claim', direction: 'run', state: 'RUNNING' });
    const before = tell(0.8, 1);
    expect(before).toBeGreaterThan(0);
    expect(tell(0, 2)).toBe(before);
  });
});
