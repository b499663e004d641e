/** A task may end with others, run as parts of it: shelve offloads the instance when it has put it away. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task, TaskChange } from '../../src/client/index.ts';
import { instanceWorkflowId, taskWorkflowId } from '../../src/model/task.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

const who = { actor: 'bob', reason: 'not today' };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

interface Tree {
  readonly task: Task;
  readonly part: Task;
}

/** A shelve that is in a unit of its offload, until it is let go. */
async function offloading(
  unit: 'unplugNetwork' | 'destroyGuest' = 'unplugNetwork',
): Promise<Tree & { readonly letGo: () => Promise<void> }> {
  const { id } = await fleet.activeInstance();
  const letGo = await fleet.hypervisors.misbehave({
    unit,
    instance: id,
    direction: 'run',
    misbehaviour: { kind: 'hang' },
  });
  const task = await fleet.client.submit('shelve', id, {}, { reason: 'for the summer' });
  const part = await eventually('the offload runs', async () => (await partsOf(task))[0]);
  await fleet.untilInUnit(part.id, unit === 'unplugNetwork' ? 'unplug' : 'destroy');
  return { task, part, letGo };
}

const partsOf = async ({ id }: Task): Promise<Task[]> => {
  const { subTasks = [] } = await fleet.client.task(id);
  return Promise.all(subTasks.map((part) => fleet.client.task(part)));
};

const terminate = (taskId: string) => fleet.temporal.workflow.getHandle(taskWorkflowId(taskId)).terminate('by mistake');

/** The task that recovers this one, once it has ended. */
async function recoveryOf({ id, instanceId }: Task): Promise<Task> {
  const recovery = await eventually(`a recovery of task ${id}`, async () =>
    (await fleet.client.tasks(instanceId)).find(({ recovers }) => recovers?.at(-1) === id),
  );
  return fleet.ended(recovery);
}

async function expectUsable(instanceId: string): Promise<void> {
  expect(await fleet.run('unshelve', instanceId, {})).toMatchObject({ status: 'COMPLETED' });
  expect(await expectRecordEqualsHypervisor(fleet, instanceId)).toMatchObject({ vmState: 'active' });
}

describe('a sub-task', () => {
  test('is a task of its own, of the same request, found by itself and by the task that it is a part of', async () => {
    const { id } = await fleet.activeInstance();
    const task = await fleet.run('shelve', id, {}, { reason: 'for the summer' });
    const [part] = await partsOf(task);
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
    const { task, part, letGo } = await offloading();
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
    const { task, part, letGo } = await offloading();
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
    const [part] = await partsOf(task);
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
    expect(await partsOf(task)).toMatchObject([{ status: 'FAILED', fault }]);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'shelved' });
    expect(await fleet.client.instanceActions(id)).toMatchObject([{ action: 'shelve', message: 'Error' }, {}]);
    expect(await fleet.client.faults(id)).toMatchObject([{ taskId: task.id, ...fault }]);
    const { events } = await fleet.client.instanceAction(id, task.requestId, { admin: true });
    expect(events.find(({ result }) => result === 'Error')?.traceback).toContain('UnitFault');
    await expectUsable(id);
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
    await expectUsable(id);
  });
});

describe('what the task is told while its sub-task runs', () => {
  test('a cancel is passed on, and both end ABORTED', async () => {
    const { task, part } = await offloading();
    await fleet.client.cancel(task.id, who);
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED', fault: null });
    expect(await fleet.client.task(part.id)).toMatchObject({ status: 'ABORTED', notes: [{ verb: 'cancel', ...who }] });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'shelved' });
  });

  test('a cancel that comes too late is noted on the sub-task with the reason, and both are COMPLETED', async () => {
    const { task, part, letGo } = await offloading('destroyGuest');
    await fleet.client.cancel(task.id, who);
    await eventually('the sub-task has been told', async () => (await fleet.client.task(part.id)).notes.length > 0);
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    const [note] = (await fleet.client.task(part.id)).notes;
    expect(note?.refusal).toContain('the task is past its point of no return, the step destroy');
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'shelved_offloaded' });
  });

  test('a pause holds the sub-task before its next step, and resume lets it go on', async () => {
    const { task, part, letGo } = await offloading();
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
    const { task, part, letGo } = await offloading();
    const deletion = await fleet.client.submit('delete', task.instanceId, {});
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
    expect(await fleet.client.task(part.id)).toMatchObject({ status: 'ABORTED' });
    // What hangs would keep the delete, too.
    await letGo();
    expect(await fleet.ended(deletion)).toMatchObject({ status: 'COMPLETED' });
    await expectNothingLeft(fleet, task.instanceId);
  });
});

describe('when the workflow is terminated', () => {
  test.each([
    ['unplugNetwork', 'shelved'],
    ['destroyGuest', 'shelved_offloaded'],
  ] as const)('of the sub-task in %s: it is recovered, and what was committed stays', async (unit, vmState) => {
    const { task, part, letGo } = await offloading(unit);
    await terminate(part.id);
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'FAILED', fault: { code: 'TASK_TERMINATED' } });
    expect(await recoveryOf(part)).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.client.task(part.id)).toMatchObject({ status: 'FAILED', fault: { code: 'TASK_TERMINATED' } });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState });
    await expectUsable(task.instanceId);
  });

  test('of the task: the sub-task goes on, and its recovery books what both have done', async () => {
    const { task, part, letGo } = await offloading();
    await terminate(task.id);
    expect(await fleet.ended(task)).toMatchObject({ status: 'FAILED', fault: { code: 'TASK_TERMINATED' } });
    await letGo();
    expect(await recoveryOf(task)).toMatchObject({ status: 'COMPLETED', subTasks: [part.id] });
    expect(await fleet.client.task(part.id)).toMatchObject({ status: 'COMPLETED', parentTask: task.id });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'shelved_offloaded' });
    await expectUsable(task.instanceId);
  });

  test('of the task, whose recovery passes a cancel on to the sub-task', async () => {
    const { task, part } = await offloading();
    await terminate(task.id);
    const recovery = await eventually('a recovery', async () =>
      (await fleet.client.tasks(task.instanceId)).find(({ recovers }) => recovers?.at(-1) === task.id),
    );
    await eventually('it waits for the sub-task', async () =>
      (await fleet.client.task(recovery.id)).subTasks?.includes(part.id),
    );
    await fleet.client.cancel(recovery.id, who);
    expect(await fleet.ended(recovery)).toMatchObject({ status: 'ABORTED' });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'shelved' });
  });

  test('of both: what was committed stays, and the rest is tied up', async () => {
    const { task, part, letGo } = await offloading();
    await terminate(task.id);
    await terminate(part.id);
    await letGo();
    await recoveryOf(task);
    expect(await recoveryOf(part)).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'shelved' });
    await expectUsable(task.instanceId);
  });

  test('of the task before it has committed: all of it is taken back', async () => {
    const { id } = await fleet.activeInstance();
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'uploadImage',
      instance: id,
      misbehaviour: { kind: 'hang' },
    });
    const task = await fleet.client.submit('shelve', id, {});
    await fleet.untilInUnit(task.id, 'upload');
    await terminate(task.id);
    await letGo();
    expect(await recoveryOf(task)).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('of the instance: the rebuilt one books what both have done', async () => {
    const { task, letGo } = await offloading();
    await fleet.temporal.workflow.getHandle(instanceWorkflowId(task.instanceId)).terminate('by mistake');
    await fleet.client.rebuild(task.instanceId);
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    await expectUsable(task.instanceId);
    expect((await fleet.client.tasks(task.instanceId)).map(({ operation }) => operation)).toEqual([
      'create',
      'shelve',
      'shelveOffload',
      'unshelve',
    ]);
  });
});
