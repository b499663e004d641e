import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { TaskView } from '../../src/cli/live/task-view.ts';
import { heading, standing, tree } from '../../src/cli/live/tree.ts';
import { fault } from '../../src/model/fault.ts';
import { lessonsOf } from '../../src/model/durations.ts';
import type { TaskTransition } from '../../src/model/task-change.ts';
import type { Item, ItemState } from '../../src/model/task.ts';
import { sampleRequest, sampleTask } from '../support/samples.ts';

const colors = pc.createColors(false);
const at = '2026-01-01T00:00:00.000Z';
const later = '2026-01-01T00:00:01.500Z';

const reboot = () => new TaskView(sampleTask(sampleRequest('reboot', { type: 'HARD', softTimeoutSeconds: 60 })));
const resize = () => new TaskView(sampleTask(sampleRequest('resize', { flavor: { name: 'm1.small' } })));
const draw = (view: TaskView) => tree(view, colors, { moving: false }).split('\n');

const step = (name: string, state: Extract<TaskTransition, { kind: 'step' }>['state']) =>
  ({ kind: 'step', cursor: '1', at: state === 'RUNNING' ? at : later, step: name, direction: 'run', state }) as const;

const item = (name: string, state: ItemState, change: Partial<Item> = {}): Item => ({
  id: name,
  step: name,
  direction: 'run',
  unit: `${name}Unit`,
  event: 'event',
  state,
  host: null,
  startedAt: null,
  endedAt: null,
  fault: null,
  activityId: null,
  ...change,
});

describe('the tree', () => {
  test('begins with all steps that the operation declares', () => {
    expect(draw(reboot())).toEqual([
      '  · softReboot  softRebootGuest     if needed',
      '  · hardReboot  hardRebootGuest     if needed',
    ]);
  });

  test('says where there is no way back', () => {
    expect(draw(resize()).at(-1)).toMatch(/leave .* no way back from here/);
  });

  test('shows a step from the change alone, before the task has said more', () => {
    const view = reboot();
    view.heed(step('hardReboot', 'RUNNING'));
    expect(draw(view)[1]).toMatch(/▶ hardReboot/);
    view.heed(step('hardReboot', 'COMPLETED'));
    expect(draw(view)[1]).toMatch(/✔ hardReboot .* 1\.5s/);
  });

  test('does not go back to an older answer', () => {
    const view = reboot();
    view.heed(step('hardReboot', 'RUNNING'));
    view.heed(step('hardReboot', 'COMPLETED'));
    view.refresh({ ...view.task, items: [item('hardReboot', 'RUNNING', { host: 'host-1', startedAt: at })] });
    expect(draw(view)[1]).toMatch(/✔ hardReboot .*host-1/);
  });

  test('shows what was left out, where things ran and why one failed', () => {
    const view = reboot();
    const failed = { host: 'host-1', startedAt: at, endedAt: later, fault: fault('HYPERVISOR_ERROR') };
    view.refresh({ ...view.task, items: [item('softReboot', 'SKIPPED'), item('hardReboot', 'FAILED', failed)] });
    expect(draw(view)).toEqual([
      expect.stringMatching(/– softReboot .*not needed/),
      expect.stringMatching(/✘ hardReboot .*host-1 {2}1\.5s {2}HYPERVISOR_ERROR/),
    ]);
  });

  test('adds what is undone as it runs', () => {
    const view = resize();
    view.heed({ ...step('claim', 'RUNNING'), direction: 'undo' });
    expect(draw(view).at(-1)).toMatch(/▶ undo claim/);
  });

  test('shows the steps of a sub-task to the right of those of its task, as they run', () => {
    const view = new TaskView(sampleTask(sampleRequest('shelve', { offloadAfterSeconds: 0 })));
    const before = draw(view).length;
    const subTask = { id: 'id-of-the-offload', operation: 'shelveOffload' };
    view.heed({ kind: 'status', cursor: '9/1', at, status: 'RUNNING', subTask });
    view.heed({ ...step('unplug', 'RUNNING'), subTask });
    view.heed({ ...step('unplug', 'COMPLETED'), subTask });
    expect(draw(view).slice(before)).toEqual([
      expect.stringMatching(/^ {2}▶ shelveOffload /),
      expect.stringMatching(/^ {2}✔ {3}unplug .* 1\.5s/),
      expect.stringMatching(/^ {2}· {3}destroy /),
      expect.stringMatching(/^ {2}· {3}removeDisk /),
      expect.stringMatching(/^ {2}· {3}release /),
    ]);
    expect(view.task.status).toBe('RUNNING');
    view.heed({ kind: 'status', cursor: '9/20', at: later, status: 'COMPLETED', subTask });
    expect(draw(view)[before]).toMatch(/✔ shelveOffload/);
    expect(view.task.status).toBe('RUNNING');
  });

  test('shows progress within a unit and repeated attempts', () => {
    const view = resize();
    view.heed({ ...step('copyDisk', 'RUNNING'), at: new Date(Date.now() - 1_000).toISOString() });
    view.heed({
      kind: 'progress',
      cursor: '1',
      at: new Date().toISOString(),
      step: 'copyDisk',
      direction: 'run',
      share: 0.5,
      attempt: 2,
    });
    expect(draw(view)[3]).toMatch(/█{10}░{10} 50 % {2}1s of about 2s {2}attempt 2/);
  });

  test('says how long a step took the last time', () => {
    const view = reboot();
    const items = [item('hardReboot', 'COMPLETED', { startedAt: at, endedAt: later })];
    const ended = { ...view.task, status: 'COMPLETED', endedAt: later, items, changes: {} } as const;
    view.durations = lessonsOf(ended, 'reboot')['reboot'] ?? null;
    view.heed({ ...step('hardReboot', 'RUNNING'), at: new Date().toISOString() });
    expect(draw(view)[1]).toMatch(/\d+ms of about 1\.5s/);
  });

  test('shows the steps of an unknown declaration as they run', () => {
    const view = new TaskView(sampleTask({ ...sampleRequest('reboot'), operationVersion: 99 }));
    expect(view.lines).toEqual([]);
    view.heed(step('warp', 'RUNNING'));
    expect(draw(view)).toEqual([expect.stringMatching(/▶ warp/)]);
  });
});

test('the heading says what, by whom and why, without what a terminal would take for a command', () => {
  const request = { ...sampleRequest('reboot', { type: 'HARD' }), reason: 'kernel\u001b[2J update' };
  expect(heading(sampleTask(request), 'demo', colors)).toBe(
    'reboot demo  HARD, by alice: kernel [2J update  task id-of-reboot',
  );
});

test.each([
  ['QUEUED', 'it waits for its turn'],
  ['PAUSED', 'itask task resume id-of-reboot'],
] as const)('a task that is %s says what it waits for', (status, words) => {
  const view = new TaskView(sampleTask(sampleRequest('reboot'), { status }));
  expect(standing(view, colors)).toContain(words);
});
