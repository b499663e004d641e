import { describe, expect, test } from '@jest/globals';
import { fault } from '../../src/model/fault.ts';
import { toInstanceActionDetail, toInstanceActions, toInstanceFaults } from '../../src/model/instance-action.ts';
import type { Item, Task } from '../../src/model/task.ts';

const at = (second: number) => `2026-01-02T03:04:${String(second).padStart(2, '0')}.000Z`;

const item = (step: string, partial: Partial<Item> = {}): Item => ({
  id: `${step}/${partial.direction ?? 'run'}`,
  step,
  direction: 'run',
  unit: step,
  event: `compute_${step}`,
  state: 'COMPLETED',
  host: 'sim-1',
  startedAt: at(1),
  endedAt: at(2),
  fault: null,
  activityId: null,
  ...partial,
});

const task = (id: string, partial: Partial<Task> = {}): Task => ({
  id,
  operation: 'reboot',
  operationVersion: 1,
  instanceId: 'an-instance',
  input: {},
  requestId: `req-${id}`,
  projectId: 'a-project',
  userId: 'alice',
  fingerprint: 'f',
  createdAt: at(0),
  deadlineScale: 1,
  actor: 'alice',
  reason: null,
  status: 'COMPLETED',
  step: null,
  taskState: null,
  progress: 1,
  startedAt: at(1),
  endedAt: at(9),
  fault: null,
  items: [],
  notes: [],
  pauseRequested: false,
  verbs: [],
  startedFrom: 'active',
  looseEnds: false,
  ...partial,
});

const failed = (id: string, partial: Partial<Task> = {}) =>
  task(id, { status: 'FAILED', fault: fault('HYPERVISOR_ERROR', { step: 'powerOn', detail: 'no kvm' }), ...partial });

describe('instance actions', () => {
  test('are listed newest first', () => {
    expect(toInstanceActions([task('first'), task('second')]).map(({ taskId }) => taskId)).toEqual(['second', 'first']);
  });

  test.each(['FAILED', 'ABORTED', 'TIMED_OUT', 'ROLLBACK_FAILED'] as const)(
    'say Error when their task has ended as %s',
    (status) => {
      expect(toInstanceActions([task('t', { status })])).toMatchObject([{ message: 'Error' }]);
    },
  );

  test.each(['QUEUED', 'RUNNING', 'PAUSED', 'ROLLING_BACK', 'COMPLETED'] as const)(
    'say nothing of success or failure while, or after, their task is %s',
    (status) => {
      expect(toInstanceActions([task('t', { status })])).toMatchObject([{ message: null }]);
    },
  );

  test('are one for all tasks of one request, and stand for the one that was asked for', () => {
    const requestId = 'req-shared';
    const recovery = task('recovery', { operation: 'recover', requestId, recovers: ['asked'] });
    const tasks = [failed('asked', { requestId }), recovery];
    expect(toInstanceActions(tasks)).toMatchObject([{ requestId, action: 'reboot', taskId: 'asked' }]);
  });

  test('do not stand for a sub-task, whose steps are events of the task that it is a part of', () => {
    const requestId = 'req-shared';
    const offload = { operation: 'shelveOffload', requestId, parentTask: 'parent', items: [item('unplug')] } as const;
    const tasks = [
      task('offload', offload),
      failed('parent', { operation: 'shelve', requestId, items: [item('upload')] }),
    ];
    expect(toInstanceActions(tasks)).toMatchObject([{ action: 'shelve', taskId: 'parent', message: 'Error' }]);
    const events = toInstanceActionDetail(tasks, requestId)?.events.map(({ event }) => event);
    expect(events).toEqual(['compute_unplug', 'compute_upload']);
  });

  test('name who asked, for which project, and when', () => {
    expect(toInstanceActions([task('t')])).toMatchObject([
      { userId: 'alice', projectId: 'a-project', startTime: at(0), updatedAt: at(9) },
    ]);
  });

  test('of a request that was never made are none', () => {
    expect(toInstanceActionDetail([task('t')], 'req-unknown')).toBeNull();
  });
});

describe('the events of an instance action', () => {
  const eventsOf = (...items: Item[]) => toInstanceActionDetail([task('t', { items })], 'req-t')?.events;

  test('are one for neighbouring steps of the same name, from the start of the first to the end of the last', () => {
    const event = 'compute_reboot_instance';
    const events = eventsOf(
      item('off', { event, startedAt: at(1), endedAt: at(3) }),
      item('on', { event, startedAt: at(3), endedAt: at(7) }),
    );
    expect(events).toMatchObject([{ event, startTime: at(1), finishTime: at(7), result: 'Success' }]);
  });

  test('come newest first, the undo of a step as one of its own', () => {
    const events = eventsOf(item('claim'), item('copy', { state: 'FAILED' }), item('claim', { direction: 'undo' }));
    expect(events?.map(({ event }) => event)).toEqual(['undo_compute_claim', 'compute_copy', 'compute_claim']);
  });

  test('leave out steps that were never dispatched', () => {
    expect(eventsOf(item('skipped', { state: 'SKIPPED', startedAt: null, endedAt: null }))).toEqual([]);
  });

  test('have neither end nor result while a step runs', () => {
    expect(eventsOf(item('copy', { state: 'RUNNING', endedAt: null }))).toMatchObject([
      { finishTime: null, result: null },
    ]);
  });

  test('of a failed step say Error, what an owner may read of it, and where its traceback is found', () => {
    const details = fault('HYPERVISOR_ERROR', { step: 'on', detail: 'no kvm' });
    const [event] = eventsOf(item('on', { state: 'FAILED', fault: details, activityId: 'on/run' })) ?? [];
    expect(event).toMatchObject({
      result: 'Error',
      details: details.message,
      failedActivities: [{ taskId: 't', activityId: 'on/run' }],
    });
    expect(event?.details).not.toContain('no kvm');
  });
});

describe('instance faults', () => {
  test('are those of all tasks that failed, newest first, whatever came after', () => {
    const faults = toInstanceFaults([failed('old'), task('fine'), failed('new'), task('also-fine')]);
    expect(faults.map(({ taskId }) => taskId)).toEqual(['new', 'old']);
    expect(faults).toMatchObject([{ code: 'HYPERVISOR_ERROR', operation: 'reboot', created: at(9) }, {}]);
  });

  test('have that of a sub-task once, as that of its task', () => {
    const faults = toInstanceFaults([failed('parent'), failed('part', { parentTask: 'parent' })]);
    expect(faults.map(({ taskId }) => taskId)).toEqual(['parent']);
  });

  test('do not tell of a task that has not ended yet', () => {
    expect(toInstanceFaults([failed('rolling-back', { status: 'ROLLING_BACK', endedAt: null })])).toEqual([]);
  });
});
