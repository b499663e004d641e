/** What an operator does with nothing but Temporal's own command line: pause, resume and cancel, and its cancel button. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { instanceWorkflowId, taskWorkflowId } from '../../src/model/task.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1', 'host-2'] });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const signal = (workflowId: string, name: string, argument?: object) =>
  fleet.temporalCli(
    ...['workflow', 'signal', '--workflow-id', workflowId, '--name', name],
    ...(argument === undefined ? [] : ['--input', JSON.stringify(argument)]),
  );

/** A resize that is in the unit which shuts the guest down until it is let go. */
async function heldResize(): Promise<{ readonly task: Task; readonly letGo: () => Promise<void> }> {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'shutDownGuest',
    instance: id,
    misbehaviour: { kind: 'hang' },
  });
  const task = await fleet.client.submit('resize', id, { flavor: 'm1.medium', host: 'host-2' });
  await fleet.untilInUnit(task.id, 'shutDown');
  return { task, letGo };
}

const untilNoted = (taskId: string, verb: string): Promise<Task> =>
  eventually(`the ${verb} is noted`, async () => {
    const task = await fleet.client.task(taskId);
    return task.notes.some((note) => note.verb === verb) && task;
  });

describe('a signal to the workflow of a task', () => {
  test('pauses it, with who and why; another one resumes it', async () => {
    const { task, letGo } = await heldResize();
    await signal(taskWorkflowId(task.id), 'pauseTask', { actor: 'bob', reason: 'wait for me' });
    expect((await untilNoted(task.id, 'pause')).pauseRequested).toBe(true);
    await letGo();
    const paused = await fleet.untilStatus(task.id, 'PAUSED');
    expect(paused.notes).toMatchObject([{ verb: 'pause', actor: 'bob', reason: 'wait for me', refusal: null }]);
    await signal(taskWorkflowId(task.id), 'resumeTask', { actor: 'bob' });
    const ended = await fleet.ended(task);
    expect(ended.status).toBe('COMPLETED');
    expect(ended.notes[1]).toMatchObject({ verb: 'resume', actor: 'bob', reason: null });
  });

  test('cancels it: what it did is taken back', async () => {
    const { task } = await heldResize();
    await signal(taskWorkflowId(task.id), 'cancelTask', { actor: 'bob', reason: 'not today' });
    const ended = await fleet.ended(task);
    expect(ended).toMatchObject({ status: 'ABORTED', notes: [{ verb: 'cancel', actor: 'bob', reason: 'not today' }] });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'active' });
  });

  test('works without an argument', async () => {
    const { task } = await heldResize();
    await signal(taskWorkflowId(task.id), 'cancelTask');
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED', notes: [{ verb: 'cancel', actor: 'unknown' }] });
    await expectRecordEqualsHypervisor(fleet, task.instanceId);
  });

  test('that comes too late is noted with the reason why it is not heeded', async () => {
    const { id } = await fleet.activeInstance();
    const letGo = await fleet.hypervisors.misbehave({ unit: 'delete', instance: id, misbehaviour: { kind: 'hang' } });
    const task = await fleet.client.submit('delete', id, {});
    await fleet.untilInUnit(task.id, 'destroy');
    await signal(taskWorkflowId(task.id), 'cancelTask', { actor: 'bob' });
    const { notes } = await untilNoted(task.id, 'cancel');
    expect(notes).toMatchObject([
      {
        verb: 'cancel',
        actor: 'bob',
        refusal: expect.stringMatching(/point of no return, the step destroy: the guest/),
      },
    ]);
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED', notes: [{ verb: 'cancel' }] });
  });
});

test('an update of the workflow of a task answers at once, also with a refusal', async () => {
  const { task, letGo } = await heldResize();
  const update = (name: string) =>
    fleet.temporalCli(...['workflow', 'update', 'execute', '--workflow-id', taskWorkflowId(task.id), '--name', name]);
  await expect(update('resumeTask')).rejects.toThrow('the task is not paused');
  expect(await update('pauseTask')).toContain(task.id);
  await update('cancelTask');
  await letGo();
  expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
});

describe("Temporal's own cancel", () => {
  const cancel = (workflowId: string) => fleet.temporalCli('workflow', 'cancel', '--workflow-id', workflowId);

  test('of the workflow of a task cancels the task', async () => {
    const { task } = await heldResize();
    await cancel(taskWorkflowId(task.id));
    expect(await fleet.ended(task)).toMatchObject({
      status: 'ABORTED',
      notes: [{ verb: 'cancel', actor: 'temporal', refusal: null }],
    });
    expect(await fleet.hypervisors.effects(task)).toEqual([]);
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'active' });
  });

  test('of a task that is past its point of no return is refused, and the task goes on', async () => {
    const { id } = await fleet.activeInstance();
    const letGo = await fleet.hypervisors.misbehave({ unit: 'delete', instance: id, misbehaviour: { kind: 'hang' } });
    const task = await fleet.client.submit('delete', id, {});
    await fleet.untilInUnit(task.id, 'destroy');
    await cancel(taskWorkflowId(task.id));
    expect((await untilNoted(task.id, 'cancel')).notes[0]?.refusal).toContain('point of no return');
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
  });

  test('does not tear down a roll-back', async () => {
    const { task } = await heldResize();
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'startGuest',
      instance: task.instanceId,
      misbehaviour: { kind: 'hang' },
    });
    await fleet.client.cancel(task.id);
    await eventually('the roll-back', async () => (await fleet.client.task(task.id)).status === 'ROLLING_BACK');
    await cancel(taskWorkflowId(task.id));
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
    await expectRecordEqualsHypervisor(fleet, task.instanceId);
  });

  test('of the workflow of an instance is ignored, idle or busy', async () => {
    const { task, letGo } = await heldResize();
    await cancel(instanceWorkflowId(task.instanceId));
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED', notes: [] });
    await cancel(instanceWorkflowId(task.instanceId));
    expect(await fleet.run('confirmResize', task.instanceId, {})).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'active' });
  });
});

describe('a signal to the workflow of the instance, with the id of the task', () => {
  test('reaches the running task', async () => {
    const { task } = await heldResize();
    const argument = { taskId: task.id, actor: 'bob', reason: 'by the instance' };
    await signal(instanceWorkflowId(task.instanceId), 'cancelTask', argument);
    expect(await fleet.ended(task)).toMatchObject({
      status: 'ABORTED',
      notes: [{ verb: 'cancel', actor: 'bob', reason: 'by the instance' }],
    });
  });

  test('pauses, resumes and cancels tasks that wait', async () => {
    const { task, letGo } = await heldResize();
    const instance = instanceWorkflowId(task.instanceId);
    const first = await fleet.client.submit('revertResize', task.instanceId, {}, { queue: true });
    const second = await fleet.client.submit('reboot', task.instanceId, {}, { queue: true });
    await signal(instance, 'pauseTask', { taskId: first.id, actor: 'bob' });
    await fleet.untilStatus(first.id, 'PAUSED');
    await signal(instance, 'cancelTask', { taskId: second.id, actor: 'bob', reason: 'not needed' });
    expect(await fleet.untilStatus(second.id, 'ABORTED')).toMatchObject({
      notes: [{ actor: 'bob', reason: 'not needed' }],
    });
    await signal(instance, 'resumeTask', { taskId: first.id, actor: 'bob' });
    await fleet.untilStatus(first.id, 'QUEUED');
    await letGo();
    expect(await fleet.ended(first)).toMatchObject({
      status: 'COMPLETED',
      notes: [{ verb: 'pause' }, { verb: 'resume' }],
    });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'active' });
  });
});
