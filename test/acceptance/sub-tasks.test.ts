/** A task may end with others, run as parts of it: shelve offloads the instance when it has put it away. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TaskChange } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { expectUsable, offloading, partsOf } from './offloading.ts';

const who = { actor: 'bob', reason: 'not today' };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

describe('a sub-task', () => {
  test('is a task of its own, of the same request, found by itself and by the task that it is a part of', async () => {
    const { id } = await fleet.activeInstance();
    const task = await fleet.run('shelve', id, {}, { reason: 'for the summer' });
    const [part] = await partsOf(fleet, task);
    const { requestId, actor, reason, instanceId } = task;
    const asked = { parentTask: task.id, requestId, actor, reason, instanceId };
    expect(part).toMatchObject({ operation: 'shelveOffload', status: 'COMPLETED', ...asked });
    expect((await fleet.client.tasks(id)).map(({ operation }) => operation)).toEqual([
      'create',
      'shelve',
      'shelveOffload',
    ]);
    const { rows } = await eventually('visibility has it', async () => {
      const found = await fleet.client.listTasks({ parentTask: task.id });
      return found.rows.length > 0 && found;
    });
    expect(rows.map((row) => row.id)).toEqual(task.subTasks);
  });

  test('shows in the tasks of the instance while it runs, and the instance in its task_state', async () => {
    const { task, part, letGo } = await offloading(fleet);
    const tasks = await fleet.client.tasks(task.instanceId);
    expect(tasks.slice(-2)).toMatchObject([
      { id: task.id, status: 'RUNNING', subTasks: [part.id] },
      { id: part.id, status: 'RUNNING', step: 'unplug', parentTask: task.id },
    ]);
    expect(await fleet.client.get(task.instanceId)).toMatchObject({ taskState: 'shelving_offloading' });
    await letGo();
    await fleet.ended(task);
  });

  test('does not stand for the instance action: its steps are events of the one that was asked for', async () => {
    const { id } = await fleet.activeInstance();
    const { requestId } = await fleet.run('shelve', id, {});
    const [action] = await fleet.client.instanceActions(id);
    expect(action).toMatchObject({ action: 'shelve', requestId, message: null });
    const { events } = await fleet.client.instanceAction(id, requestId);
    expect(events.map(({ event, result }) => `${event} ${result}`)).toEqual([
      'compute_shelve_offload_instance Success',
      'compute_shelve_instance Success',
    ]);
  });

  test('is watched with its task, from its start or from any change on', async () => {
    const { id } = await fleet.activeInstance();
    const task = await fleet.client.submit('shelve', id, {});
    const changes: TaskChange[] = [];
    for await (const change of fleet.client.watch(task)) changes.push(change);
    const told = changes.flatMap((change) =>
      change.kind === 'step' && change.state === 'COMPLETED'
        ? `${change.subTask?.operation ?? 'shelve'} ${change.step}`
        : [],
    );
    expect(told).toEqual([
      'shelve shutDown',
      'shelve upload',
      'shelveOffload unplug',
      'shelveOffload destroy',
      'shelveOffload removeDisk',
      'shelveOffload release',
    ]);
    const transitions = changes.filter(({ kind }) => kind !== 'progress').map(({ cursor }) => cursor);
    for (const [index, cursor] of transitions.slice(0, -1).entries()) {
      const rest: string[] = [];
      for await (const change of fleet.client.watch(task, { cursor, progressEveryMs: 0 })) rest.push(change.cursor);
      expect(rest).toEqual(transitions.slice(index + 1));
    }
  });

  test('shows what a cancel of its task would do: it is the one to heed it', async () => {
    const { task, part, letGo } = await offloading(fleet);
    expect(await fleet.client.cancelPreview(task.id)).toMatchObject({
      taskId: part.id,
      refusal: null,
      toUndo: [{ name: 'unplug' }],
    });
    await letGo();
    await fleet.ended(task);
  });

  test('is foreseen by the plan of its task', async () => {
    const { id } = await fleet.activeInstance();
    const applies = { known: true, value: true };
    expect(await fleet.client.plan('shelve', id, {})).toMatchObject({
      couldStart: true,
      subTasks: [{ operation: 'shelveOffload', applies }],
    });
    const staying = await fleet.client.plan('shelve', id, { offloadAfterSeconds: null });
    expect(staying.subTasks).toMatchObject([{ applies: { ...applies, value: false } }]);
  });

  test('continues the numbers of the units of its task: a later one is always newer', async () => {
    const { id } = await fleet.activeInstance();
    const task = await fleet.run('shelve', id, {});
    const [part] = await partsOf(fleet, task);
    const journal = await fleet.hypervisors.journal(id);
    const fencesOf = (taskId = '') => journal.filter(({ key }) => key.startsWith(taskId)).map(({ fence }) => fence);
    const [last, first] = [fencesOf(task.id).at(-1), fencesOf(part?.id)[0]];
    expect(first?.generation).toBe(last?.generation);
    expect(first?.sequence).toBeGreaterThan(last?.sequence ?? 0);
  });
});

describe('a sub-task that fails', () => {
  test('ends its task with its fault, and what was committed stays', async () => {
    const { id } = await fleet.activeInstance();
    await fleet.hypervisors.misbehave({ unit: 'unplugNetwork', instance: id, misbehaviour: { kind: 'fail' } });
    const task = await fleet.run('shelve', id, {});
    const fault = { code: 'HYPERVISOR_ERROR', step: 'unplug' };
    expect(task).toMatchObject({ status: 'FAILED', fault });
    expect(await partsOf(fleet, task)).toMatchObject([{ status: 'FAILED', fault }]);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'shelved' });
    expect(await fleet.client.instanceActions(id)).toMatchObject([{ action: 'shelve', message: 'Error' }, {}]);
    expect(await fleet.client.faults(id)).toMatchObject([{ taskId: task.id, ...fault }]);
    const { events } = await fleet.client.instanceAction(id, task.requestId, { admin: true });
    expect(events.find(({ result }) => result === 'Error')?.traceback).toContain('UnitFault');
    await expectUsable(fleet, id);
  });

  test('and whose undo fails, too, is recovered by a retry of its task', async () => {
    const { id } = await fleet.activeInstance();
    await fleet.hypervisors.misbehave({
      unit: 'unplugNetwork',
      instance: id,
      misbehaviour: { kind: 'fail', moment: 'after' },
    });
    await fleet.hypervisors.misbehave({
      unit: 'plugNetwork',
      instance: id,
      direction: 'undo',
      misbehaviour: { kind: 'fail' },
    });
    const task = await fleet.run('shelve', id, {});
    expect(task).toMatchObject({ status: 'ROLLBACK_FAILED' });
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'error' });
    await fleet.hypervisors.behave();
    const recovery = await fleet.ended(await fleet.client.retry(task.id));
    expect(recovery).toMatchObject({ operation: 'recover', status: 'COMPLETED', recovers: task.subTasks });
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'shelved' });
    await expectUsable(fleet, id);
  });
});

describe('what the task is told while its sub-task runs', () => {
  test('a cancel is passed on, and both end ABORTED', async () => {
    const { task, part } = await offloading(fleet);
    await fleet.client.cancel(task.id, who);
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED', fault: null });
    expect(await fleet.client.task(part.id)).toMatchObject({ status: 'ABORTED', notes: [{ verb: 'cancel', ...who }] });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'shelved' });
  });

  test('a cancel that comes too late is noted on the sub-task with the reason, and both are COMPLETED', async () => {
    const { task, part, letGo } = await offloading(fleet, 'destroyGuest');
    await fleet.client.cancel(task.id, who);
    await eventually('the sub-task has been told', async () => (await fleet.client.task(part.id)).notes.length > 0);
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    const [note] = (await fleet.client.task(part.id)).notes;
    expect(note?.refusal).toContain('the task is past its point of no return, the step destroy');
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'shelved_offloaded' });
  });

  test('a pause holds the sub-task before its next step, and resume lets it go on', async () => {
    const { task, part, letGo } = await offloading(fleet);
    await fleet.client.pause(task.id, who);
    await letGo();
    await fleet.untilStatus(part.id, 'PAUSED');
    expect(await fleet.client.task(task.id)).toMatchObject({ status: 'RUNNING', pauseRequested: true });
    await fleet.client.resume(task.id, who);
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.client.task(part.id)).toMatchObject({ notes: [{ verb: 'pause' }, { verb: 'resume' }] });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'shelved_offloaded' });
  });

  test('a delete supersedes both', async () => {
    const { task, part, letGo } = await offloading(fleet);
    const deletion = await fleet.client.submit('delete', task.instanceId, {});
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
    expect(await fleet.client.task(part.id)).toMatchObject({ status: 'ABORTED' });
    // What hangs would keep the delete, too.
    await letGo();
    expect(await fleet.ended(deletion)).toMatchObject({ status: 'COMPLETED' });
    await expectNothingLeft(fleet, task.instanceId);
  });
});
