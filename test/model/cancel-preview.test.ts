import { describe, expect, test } from '@jest/globals';
import { previewCancel } from '../../src/model/cancel-preview.ts';
import { lessonsOf } from '../../src/model/durations.ts';
import type { Task } from '../../src/model/task.ts';
import { operations } from '../../src/operations/index.ts';
import { at, sampleItem, timedItem } from '../support/items.ts';
import { sampleRequest, sampleTask } from '../support/samples.ts';

const soFar = [
  sampleItem('claim'),
  sampleItem('shutDown'),
  sampleItem('powerOff', { state: 'SKIPPED' }),
  sampleItem('copyDisk', { state: 'RUNNING' }),
];
const resize = (change: Partial<Task> = {}) => sampleTask(sampleRequest('resize'), { items: soFar, ...change });
const preview = (task: Task) => previewCancel(task, operations.resize, null);
const names = (steps: readonly { name: string }[]) => steps.map(({ name }) => name);

describe('the preview of a cancel', () => {
  test('says what is done and what would be taken back, newest first, the step under way included', () => {
    const { soFar: done, toUndo, refusal } = preview(resize());
    expect(names(done)).toEqual(['claim', 'shutDown', 'copyDisk']);
    expect(toUndo).toMatchObject([
      { name: 'copyDisk', unit: 'removeDisk' },
      { name: 'shutDown', unit: 'startGuest' },
      { name: 'claim', unit: 'releaseClaim' },
    ]);
    expect(refusal).toBeNull();
  });

  test('says about how long the way back takes, once all of it is known', () => {
    const undo = (step: string) => timedItem(step, 0, 2_000, { direction: 'undo' });
    const learned = (...steps: readonly string[]) => {
      const past = sampleTask(sampleRequest('resize'), { items: steps.map(undo) });
      return lessonsOf({ ...past, status: 'ABORTED', endedAt: at(9_000), changes: {} }, 'resize')['resize'] ?? null;
    };
    expect(previewCancel(resize(), operations.resize, learned('claim')).expectedMs).toBeNull();
    const known = learned('claim', 'shutDown', 'copyDisk');
    const { expectedMs } = previewCancel(resize(), operations.resize, known);
    expect(expectedMs).toBeGreaterThanOrEqual(6_000);
    expect(expectedMs).toBeLessThanOrEqual(6_300);
  });

  test('of a task beyond its point of no return says why it would be refused, and what nothing brings back', () => {
    const gone = preview(resize({ items: [...soFar, sampleItem('leave', { state: 'RUNNING' })], verbs: ['pause'] }));
    expect(gone.refusal).toContain('past its point of no return, the step leave');
    expect(gone.irreversible).toMatchObject([{ step: 'leave' }]);
  });

  test.each([
    [{ status: 'COMPLETED', verbs: [] }, 'has ended: it is COMPLETED'],
    [{ status: 'ROLLING_BACK', verbs: [] }, 'goes on to its end'],
    [
      { verbs: [], notes: [{ at: at(0), verb: 'cancel', actor: 'bob', reason: null, refusal: null }] },
      'being cancelled already',
    ],
  ] as const)('of a task that is %j says why it would be refused', (change, words) => {
    expect(preview(resize(change)).refusal).toContain(words);
  });

  test('of a task that waits has nothing to take back', () => {
    const waiting = preview(resize({ status: 'QUEUED', items: [], startedAt: null }));
    expect(waiting).toMatchObject({ refusal: null, soFar: [], toUndo: [], expectedMs: 0 });
  });
});
