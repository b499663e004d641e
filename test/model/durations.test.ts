import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  agedDurations,
  expectedMs,
  expectedStepsMs,
  lessonsOf,
  mergeDurations,
  type Durations,
} from '../../src/model/durations.ts';
import { countOf, emptyHistogram, growth, median } from '../../src/model/histogram.ts';
import type { EndedTask, EndedTaskStatus, Item } from '../../src/model/task.ts';
import { operations } from '../../src/operations/index.ts';
import { at, sampleItem, timedItem } from '../support/items.ts';
import { sampleRequest, sampleTask } from '../support/samples.ts';

const ended = (operation: string, items: readonly Item[], status: EndedTaskStatus = 'COMPLETED'): EndedTask => ({
  ...sampleTask(sampleRequest(operation), { items }),
  status,
  endedAt: at(60_000),
  changes: {},
});
const lessons = (operation: string, items: readonly Item[], status?: EndedTaskStatus, work = operation) =>
  lessonsOf(ended(operation, items, status), work);
/** To within what a histogram may be wrong by. */
function expectAbout(told: number | null, ms: number): void {
  expect(told).toBeGreaterThanOrEqual(ms);
  expect(told).toBeLessThanOrEqual(ms * growth);
}

describe('a completed task teaches', () => {
  const learned = lessons('resize', [
    timedItem('claim', 0, 100),
    sampleItem('powerOff', { state: 'SKIPPED' }),
    // Between the two it was paused: that is nobody's work.
    timedItem('copyDisk', 30_100, 32_100),
  ])['resize'];

  test('how long its steps took', () => {
    expectAbout(median(learned?.units['copyDisk']?.ran ?? {}), 2_000);
    expectAbout(median(learned?.units['claim']?.ran ?? {}), 100);
  });

  test('that a step was left out', () => {
    expect(learned?.units['powerOff']).toEqual({ ran: emptyHistogram, leftOut: 1 });
  });

  test('how long it worked, without what it was paused', () => {
    expectAbout(median(learned?.whole ?? {}), 2_100);
  });
});

describe('a task that failed teaches', () => {
  const items = [
    timedItem('claim', 0, 100),
    timedItem('copyDisk', 100, 5_000, { state: 'FAILED' }),
    timedItem('claim', 5_000, 5_300, { direction: 'undo' }),
  ];
  const learned = lessons('resize', items, 'FAILED')['resize'];

  test('what its undo took, and nothing of the whole nor of the step that failed', () => {
    expectAbout(median(learned?.units['undo claim']?.ran ?? {}), 300);
    expect(learned?.units['copyDisk']).toBeUndefined();
    expect(learned?.whole).toEqual(emptyHistogram);
  });
});

test('a recovery teaches of the steps of the operation that it recovers, and of its own length', () => {
  const learned = lessons('recover', [timedItem('claim', 0, 300, { direction: 'undo' })], 'COMPLETED', 'resize');
  expect(Object.keys(learned['resize']?.units ?? {})).toEqual(['undo claim']);
  expect(countOf(learned['recover']?.whole ?? {})).toBe(1);
});

describe('what is expected of a step', () => {
  const times = (count: number, lesson: Durations) =>
    Array.from({ length: count }, () => lesson).reduce(mergeDurations, {});
  const ran = lessons('reboot', [timedItem('hardReboot', 0, 1_000)]);
  const leftOut = lessons('reboot', [sampleItem('hardReboot', { state: 'SKIPPED' })]);

  test('counts the chance that it is left out', () => {
    const known = mergeDurations(times(1, ran), times(3, leftOut));
    expectAbout(expectedMs(known['reboot']?.units['hardReboot']), 250);
  });

  test('is nothing where it never ran, and unknown where it was never seen', () => {
    expect(expectedMs(leftOut['reboot']?.units['hardReboot'])).toBe(0);
    expect(expectedMs(undefined)).toBeNull();
  });

  test('is handed to a task in whole milliseconds, without steps that nothing is known of', () => {
    const expected = expectedStepsMs(operations.reboot, ran);
    expect(Object.keys(expected)).toEqual(['hardReboot']);
    expect(Number.isInteger(expected['hardReboot'])).toBe(true);
    expect(expectedStepsMs(operations.reboot, null)).toEqual({});
  });

  test('fades: what came later weighs more than what was before', () => {
    const slow = lessons('reboot', [timedItem('hardReboot', 0, 30_000)]);
    const old = agedDurations(times(1_001, slow));
    expect(countOf(old['reboot']?.units['hardReboot']?.ran ?? {})).toBe(500);
    expectAbout(expectedMs(mergeDurations(old, times(501, ran))['reboot']?.units['hardReboot']), 1_000);
  });
});

test('it does not matter in which order, and how bundled, lessons arrive', () => {
  const lesson = fc
    .record({
      operation: fc.constantFrom('reboot', 'resize', 'stop'),
      step: fc.constantFrom('claim', 'copyDisk'),
      ms: fc.integer({ min: 0, max: 100_000 }),
    })
    .map(({ operation, step, ms }) => lessons(operation, [timedItem(step, 0, ms)]));
  fc.assert(
    fc.property(fc.array(lesson), fc.array(lesson), (some, others) => {
      const all = [...some, ...others].reduce(mergeDurations, {});
      const bundled = mergeDurations(others.reduce(mergeDurations, {}), some.reduce(mergeDurations, {}));
      expect(bundled).toEqual(all);
    }),
  );
});
