import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TaskLog } from '../../src/model/task-log.ts';
import { sampleRequest, sampleTask } from '../support/samples.ts';

const task = (index: number, reason = '') =>
  sampleTask({ ...sampleRequest('reboot', {}, `task-${index}`), reason }, { status: 'COMPLETED' });
const bytes = (log: TaskLog) => JSON.stringify(log.tasks).length;
const budget = 200 * 1024;

describe('the log of an instance', () => {
  test('keeps tasks oldest first', () => {
    expect(new TaskLog([task(1), task(2), task(3)]).tasks.map(({ id }) => id)).toEqual(['task-1', 'task-2', 'task-3']);
  });

  test('stays within its bytes whatever is added, and always keeps the newest', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 30_000 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const log = new TaskLog();
        sizes.forEach((size, index) => {
          log.add(task(index, 'x'.repeat(size)));
        });
        expect(bytes(log)).toBeLessThan(budget);
        expect(log.tasks.at(-1)?.id).toBe(`task-${sizes.length - 1}`);
      }),
    );
  });

  test('forgets the oldest first and still knows what they asked for', () => {
    const log = new TaskLog();
    for (let index = 0; index < 30; index += 1) log.add(task(index, 'x'.repeat(20_000)));
    expect(log.find('task-0')).toBeUndefined();
    expect(log.fingerprintOf('task-0')).toBe('fingerprint-of-task-0');
    expect(log.find('task-29')).toBeDefined();
  });

  test('remembers a bounded number of ids', () => {
    const log = new TaskLog();
    for (let index = 0; index < 600; index += 1) log.add(task(index, 'x'.repeat(100_000)));
    expect(log.fingerprints.length).toBeLessThanOrEqual(500);
    expect(log.fingerprintOf('task-598')).toBeDefined();
    expect(log.fingerprintOf('task-0')).toBeUndefined();
  });

  test('is the same after it was handed over', () => {
    const log = new TaskLog();
    for (let index = 0; index < 50; index += 1) log.add(task(index, 'x'.repeat(10_000)));
    const next = new TaskLog(log.tasks, log.fingerprints);
    expect(next.tasks).toEqual(log.tasks);
    expect(next.fingerprints).toEqual(log.fingerprints);
  });
});
