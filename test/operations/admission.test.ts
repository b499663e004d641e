import { describe, expect, test } from '@jest/globals';
import type { InstanceRecord } from '../../src/model/instance.ts';
import type { VmState } from '../../src/model/states.ts';
import type { Task, TaskRequest } from '../../src/model/task.ts';
import { admit, startProblem } from '../../src/operations/admission.ts';
import { operations } from '../../src/operations/index.ts';
import { sampleInstance, sampleRequest, sampleTask } from '../support/samples.ts';

const now = '2026-01-01T12:00:00.000Z';
const running = (operation: string) => ({
  instance: sampleInstance,
  running: sampleTask(sampleRequest(operation)),
  queued: [],
  looseEnds: [],
  now,
});
const idle = { instance: sampleInstance, running: null, queued: [], looseEnds: [], now };
const having = (vmState: VmState) => ({ ...sampleInstance, vmState });
const hard = { type: 'HARD', softTimeoutSeconds: 60 };
const soft = { type: 'SOFT', softTimeoutSeconds: 60 };

describe('an idle instance', () => {
  test('starts an operation that its vm_state allows', () => {
    expect(admit(idle, sampleRequest('stop', { shutdownTimeoutSeconds: 60 }), 'refuse')).toEqual({ verdict: 'start' });
  });

  test('refuses an operation that its vm_state does not allow, and says which states would do', () => {
    const verdict = admit(idle, sampleRequest('start'), 'refuse');
    expect(verdict).toMatchObject({
      verdict: 'refuse',
      problem: { type: 'NotAllowedInState', vmState: 'active', allowedFrom: ['stopped'] },
    });
  });

  test('refuses a SOFT reboot of a stopped instance and takes a HARD one, as Nova does', () => {
    expect(startProblem(having('stopped'), sampleRequest('reboot', soft), [])?.message).toContain('HARD one would do');
    expect(startProblem(having('stopped'), sampleRequest('reboot', hard), [])).toBeNull();
  });

  test('refuses to shrink a disk and to resize to the flavor it has', () => {
    const to = (name: string, diskGb: number) =>
      startProblem(sampleInstance, sampleRequest('resize', { flavor: { name, vcpus: 1, memoryMb: 512, diskGb } }), []);
    expect(to('m1.tiny', 1)?.message).toContain('already');
    expect(to('m1.nano', 0)?.message).toContain('cannot shrink');
    expect(to('m1.small', 20)).toBeNull();
  });

  test('refuses operations on guests while it is on no host, except delete', () => {
    const unplaced = { ...having('error'), residence: null };
    expect(startProblem(unplaced, sampleRequest('stop'), [])?.message).toContain('on no host');
    expect(startProblem(unplaced, sampleRequest('delete'), [])).toBeNull();
  });
});

describe('a busy instance', () => {
  test('refuses with the task in the way and what may be done about it', () => {
    expect(admit(running('resize'), sampleRequest('stop'), 'refuse')).toMatchObject({
      verdict: 'refuse',
      problem: {
        type: 'InstanceBusy',
        inTheWay: { taskId: 'id-of-resize', operation: 'resize', verbs: ['pause', 'cancel'] },
      },
    });
  });

  test('queues what it would refuse when it is asked to', () => {
    expect(admit(running('resize'), sampleRequest('stop'), 'queue')).toEqual({ verdict: 'queue' });
  });

  test('lets a delete supersede whatever runs', () => {
    expect(admit(running('resize'), sampleRequest('delete'), 'refuse')).toEqual({ verdict: 'supersede' });
  });

  test('answers a second delete with the first', () => {
    expect(admit(running('delete'), sampleRequest('delete', {}, 'second'), 'refuse')).toMatchObject({
      verdict: 'deliver',
      to: { id: 'id-of-delete' },
    });
  });

  test('queues nothing behind a delete', () => {
    expect(admit(running('delete'), sampleRequest('stop'), 'queue')).toMatchObject({ verdict: 'refuse' });
  });

  test('lets a HARD reboot supersede a SOFT one, and not the other way round', () => {
    expect(admit(running('reboot'), sampleRequest('reboot', hard, 'x'), 'refuse')).toEqual({ verdict: 'supersede' });
    expect(admit(running('reboot'), sampleRequest('reboot', soft, 'x'), 'refuse')).toMatchObject({ verdict: 'refuse' });
  });

  test('does not count paused tasks of the queue as being in the way', () => {
    const queued = [sampleTask(sampleRequest('pause'), { status: 'PAUSED' })];
    expect(admit({ ...idle, queued }, sampleRequest('stop'), 'refuse')).toEqual({ verdict: 'start' });
  });
});

describe('an instance on a fenced host', () => {
  const fenced = { ...sampleInstance, fencedHosts: ['host-1'] };
  const evacuate = sampleRequest('evacuate');
  const verdictOn = (instance: InstanceRecord, operation: string) =>
    admit({ ...running(operation), instance }, evacuate, 'refuse');

  test('is evacuated whatever runs on it, but its end or another evacuation', () => {
    expect(verdictOn(fenced, 'resize')).toEqual({ verdict: 'supersede' });
    expect(verdictOn(fenced, 'syncPowerState')).toEqual({ verdict: 'supersede' });
    expect(verdictOn(fenced, 'delete').verdict).toBe('refuse');
    expect(verdictOn(fenced, 'evacuate').verdict).toBe('refuse');
  });

  test('is evacuated although a task has left something, which is tidied up first', () => {
    expect(startProblem(fenced, evacuate, [{ taskIds: ['lost'], operation: 'resize' }])).toBeNull();
  });

  test('is not evacuated, and nothing is broken off for it, where the host is another one', () => {
    const problem = { message: 'cannot evacuate demo: its host has not been declared fenced' };
    const elsewhere = { ...sampleInstance, fencedHosts: ['host-2'] };
    expect(verdictOn(elsewhere, 'resize')).toMatchObject({ verdict: 'refuse', problem });
    expect(startProblem(elsewhere, evacuate, [])).toMatchObject(problem);
  });

  test('is not evacuated to where it is, nor before its resize is decided', () => {
    const here = sampleRequest('evacuate', { host: 'host-1' });
    expect(startProblem(fenced, here, [])?.message).toContain('it is on host-1 already');
    const from = { host: 'host-2', claim: 'task/claim', disk: 'disk' };
    const pendingResize = { from, flavor: fenced.flavor, vmState: 'active' as const };
    const undecided: InstanceRecord = { ...fenced, vmState: 'error', pendingResize };
    expect(startProblem(undecided, evacuate, [])?.message).toContain('a resize of it waits');
  });
});

describe('a locked instance', () => {
  const lock = { by: 'bob', reason: 'audit', at: '2026-01-01T00:00:02.000Z' };
  const locked = { ...sampleInstance, locked: lock };
  const refused = { verdict: 'refuse', problem: { type: 'InstanceLocked', lock } };

  test.each(Object.values(operations).filter(({ allowedFrom }) => allowedFrom.includes('active')))(
    'answers $name by its declaration, idle and busy',
    ({ name, evenWhenLocked }) => {
      for (const occupancy of [idle, running('resize')]) {
        const admission = admit({ ...occupancy, instance: locked }, sampleRequest(name), 'queue');
        if (evenWhenLocked) expect(admission).not.toMatchObject({ problem: { type: 'InstanceLocked' } });
        else expect(admission).toMatchObject(refused);
      }
    },
  );

  test('lets whoever overrides the lock pass', () => {
    const request = { ...sampleRequest('delete'), overrideLock: true } as const;
    expect(admit({ ...idle, instance: locked }, request, 'refuse')).toEqual({ verdict: 'start' });
  });

  test('is bound by it also for what the platform does by itself', () => {
    expect(admit({ ...idle, instance: locked }, { ...sampleRequest('stop'), actor: 'system' }, 'refuse')).toMatchObject(
      refused,
    );
  });
});

describe('what changes the record alone', () => {
  test('is done at once on an idle instance', () => {
    expect(admit(idle, sampleRequest('lock'), 'refuse')).toEqual({ verdict: 'record' });
    expect(admit(idle, sampleRequest('resetState', { state: 'error' }), 'refuse')).toEqual({ verdict: 'record' });
  });

  test('is done beside a task where no task touches what it changes', () => {
    expect(admit(running('resize'), sampleRequest('lock'), 'refuse')).toEqual({ verdict: 'record' });
    expect(admit(running('delete'), sampleRequest('unlock'), 'refuse')).toEqual({ verdict: 'record' });
  });

  test('is refused otherwise, with the word that the task must be cancelled first', () => {
    expect(admit(running('resize'), sampleRequest('resetState', { state: 'error' }), 'refuse')).toMatchObject({
      problem: { type: 'InstanceBusy', message: expect.stringContaining('; cancel it first') },
    });
  });
});

test('a deletion of either kind is the answer to another one', () => {
  for (const first of ['delete', 'forceDelete'])
    for (const second of ['delete', 'forceDelete'])
      expect(admit(running(first), sampleRequest(second, {}, 'second'), 'refuse')).toMatchObject({
        verdict: 'deliver',
      });
});

describe('a task that is to start at a time or after another one', () => {
  const later = { ...sampleRequest('stop', {}, 'later'), startAt: '2026-01-01T12:00:00.001Z' };
  const passed = { ...sampleRequest('stop', {}, 'passed'), startAt: now };
  const behind = { ...sampleRequest('stop', {}, 'behind'), after: 'some-task' };
  const queuedTask = (request: TaskRequest, change: Partial<Task> = {}) =>
    sampleTask(request, { status: 'QUEUED', startedAt: null, ...change });

  test.each([later, behind])('is queued whatever runs, and whatever state the instance is in', (request) => {
    expect(admit(idle, request, 'refuse')).toEqual({ verdict: 'queue' });
    expect(admit(running('resize'), request, 'refuse')).toEqual({ verdict: 'queue' });
    expect(admit({ ...idle, instance: having('stopped') }, request, 'refuse')).toEqual({ verdict: 'queue' });
  });

  test('is judged as any other when the time has passed', () => {
    expect(admit(idle, passed, 'refuse')).toEqual({ verdict: 'start' });
    expect(admit(running('resize'), passed, 'refuse')).toMatchObject({ problem: { type: 'InstanceBusy' } });
  });

  test('is in nobody’s way while it waits', () => {
    const queued = [queuedTask(later), queuedTask(behind)];
    expect(admit({ ...idle, queued }, sampleRequest('pause'), 'refuse')).toEqual({ verdict: 'start' });
  });

  test('is in the way once what it waited for has come', () => {
    const precededAt = '2026-01-01T11:00:00.000Z';
    for (const task of [queuedTask(passed), queuedTask(behind, { precededAt })]) {
      expect(admit({ ...idle, queued: [task] }, sampleRequest('pause'), 'refuse')).toMatchObject({
        verdict: 'refuse',
        problem: { type: 'InstanceBusy', inTheWay: { taskId: task.id } },
      });
    }
  });

  test('is refused when the queue is full, and while the instance is being deleted', () => {
    const full = Array.from({ length: 40 }, () => queuedTask(later));
    for (const occupancy of [{ ...idle, queued: full }, running('delete')]) {
      expect(admit(occupancy, { ...behind, id: 'one more' }, 'queue')).toMatchObject({
        verdict: 'refuse',
        problem: { type: 'InstanceBusy' },
      });
    }
  });

  test('ends nothing before its time when it is a delete', () => {
    const queued = [queuedTask({ ...sampleRequest('delete'), startAt: later.startAt })];
    expect(admit({ ...running('resize'), queued }, sampleRequest('stop'), 'queue')).toEqual({ verdict: 'queue' });
    expect(admit({ ...idle, queued }, sampleRequest('delete', {}, 'now'), 'refuse')).toEqual({ verdict: 'start' });
  });
});
