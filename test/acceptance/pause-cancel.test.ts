/** Pause, resume and cancel of running tasks, through the SDK. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { TaskVerbRefusedError, type Task } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

const who = { actor: 'bob', reason: 'kernel update first' };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

/** Starts a resize to the other host and holds it in the unit that shuts the guest down, until it is let go. */
async function resizeInShutDown(): Promise<{ readonly task: Task; readonly letGo: () => Promise<void> }> {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'shutDownGuest',
    instance: id,
    misbehaviour: { kind: 'delay', duration: '1s' },
  });
  const task = await fleet.client.submit('resize', id, { flavor: 'm1.medium', host: 'host-2' });
  await fleet.untilInUnit(task.id, 'shutDown');
  return { task, letGo };
}

async function pausedResize(): Promise<Task> {
  const { task } = await resizeInShutDown();
  await fleet.client.pause(task.id, who);
  return fleet.untilStatus(task.id, 'PAUSED');
}

describe('pause', () => {
  test('asked for in mid-unit shows as requested, and takes hold before the next step', async () => {
    const { task } = await resizeInShutDown();
    expect(await fleet.client.pause(task.id, who)).toMatchObject({
      status: 'RUNNING',
      step: 'shutDown',
      pauseRequested: true,
      verbs: ['resume', 'cancel'],
    });
    const paused = await fleet.untilStatus(task.id, 'PAUSED');
    expect(paused.notes).toMatchObject([{ verb: 'pause', ...who, refusal: null }]);
    expect(paused.items.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'claim COMPLETED',
      'shutDown COMPLETED',
      'powerOff SKIPPED',
    ]);
    await fleet.client.cancel(task.id, who);
    await fleet.ended(task);
  });

  test('holds before the step across a restart of all workers, keeps claims, and resume goes on from there', async () => {
    const task = await pausedResize();
    await Promise.all(fleet.workers.map((worker) => worker.restart()));
    // The restarted workers do work: it is the task that holds.
    await fleet.activeInstance({ host: 'host-1' });
    expect(await fleet.client.task(task.id)).toMatchObject({ status: 'PAUSED', step: null });
    expect(await fleet.hypervisors.effects(task)).toEqual(['shutDown run: guest shut down']);
    expect((await fleet.hypervisors.claims(task.instanceId)).map(({ host }) => host).sort()).toEqual([
      'host-1',
      'host-2',
    ]);

    expect(await fleet.client.resume(task.id, who)).toMatchObject({ verbs: ['pause', 'cancel'] });
    const ended = await fleet.ended(task);
    expect(ended.status).toBe('COMPLETED');
    expect(ended.notes.map(({ verb }) => verb)).toEqual(['pause', 'resume']);
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'resized' });
  });

  test('taken back before it took hold leaves the task running', async () => {
    const { task } = await resizeInShutDown();
    await fleet.client.pause(task.id, who);
    await fleet.client.resume(task.id, who);
    const changes: string[] = [];
    for await (const change of fleet.client.watch(task)) if (change.kind === 'status') changes.push(change.status);
    expect(changes).toEqual(['RUNNING', 'COMPLETED']);
  });

  test.each([
    ['pause', 'the task is paused already'],
    ['resume', 'the task is not paused'],
  ] as const)('a second %s is refused with the reason', async (verb, reason) => {
    const task = verb === 'pause' ? await pausedResize() : (await resizeInShutDown()).task;
    const again = fleet.client[verb](task.id, who);
    await expect(again).rejects.toThrow(TaskVerbRefusedError);
    await expect(again).rejects.toThrow(reason);
    await fleet.client.cancel(task.id, who);
    await fleet.ended(task);
  });
});

describe('cancel', () => {
  test('of a paused task takes back what was done, newest first, and ends ABORTED', async () => {
    const task = await pausedResize();
    await fleet.client.cancel(task.id, who);
    const ended = await fleet.ended(task);
    expect(ended).toMatchObject({ status: 'ABORTED', fault: null });
    expect(
      ended.items.filter(({ direction }) => direction === 'undo').map(({ step, state }) => `${step} ${state}`),
    ).toEqual(['shutDown COMPLETED', 'claim COMPLETED']);
    expect(await fleet.hypervisors.effects(task)).toEqual([
      'shutDown run: guest shut down',
      'shutDown undo: guest started',
    ]);
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'active' });
    const [action] = await fleet.client.instanceActions(task.instanceId);
    expect(action).toMatchObject({ action: 'resize', message: 'Error' });
  });

  test('reaches a unit that is under way, which stops where it is', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await fleet.hypervisors.misbehave({
      unit: 'copyDisk',
      instance: id,
      misbehaviour: { kind: 'delay', duration: '10m' },
    });
    const task = await fleet.client.submit('resize', id, { flavor: 'm1.medium', host: 'host-2' });
    await fleet.untilInUnit(task.id, 'copyDisk');
    await fleet.client.cancel(task.id, who);
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
    expect(await fleet.hypervisors.effects(task)).toEqual([
      'shutDown run: guest shut down',
      'copyDisk run: disk copy begun',
      'copyDisk undo: disk removed',
      'shutDown undo: guest started',
    ]);
    await expectRecordEqualsHypervisor(fleet, id);
  });

  test('of a create leaves nothing on any host, and an instance in error that can be deleted', async () => {
    await fleet.hypervisors.misbehave({ unit: 'createDisk', misbehaviour: { kind: 'delay', duration: '10m' } });
    const task = await fleet.client.create({ name: 'cancelled', flavor: 'm1.small', image: 'cirros' });
    await fleet.untilInUnit(task.id, 'disk');
    await fleet.client.cancel(task.id, who);
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
    await expectNothingLeft(fleet, task.instanceId);
    expect(await fleet.client.get(task.instanceId)).toMatchObject({ vmState: 'error', taskState: null });
    expect(await fleet.run('delete', task.instanceId, {})).toMatchObject({ status: 'COMPLETED' });
  });

  test('after the point of no return is refused with the step and what cannot be undone', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await fleet.run('resize', id, { flavor: 'm1.medium' });
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'destroyGuest',
      instance: id,
      misbehaviour: { kind: 'hang' },
    });
    const task = await fleet.client.submit('confirmResize', id, {});
    await fleet.untilInUnit(task.id, 'destroyOld');
    const refused = fleet.client.cancel(task.id, who);
    await expect(refused).rejects.toThrow(TaskVerbRefusedError);
    await expect(refused).rejects.toThrow(
      'the task is past its point of no return, the step destroyOld: the guest on the old host is gone: revertResize is no longer possible',
    );
    expect((await fleet.client.task(task.id)).verbs).not.toContain('cancel');
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('of a task that is being rolled back or has ended is refused', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await fleet.hypervisors.misbehave({ unit: 'copyDisk', instance: id, misbehaviour: { kind: 'fail' } });
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'startGuest',
      instance: id,
      direction: 'undo',
      misbehaviour: { kind: 'hang' },
    });
    const task = await fleet.client.submit('resize', id, { flavor: 'm1.medium', host: 'host-2' });
    await eventually('the task rolls back', async () => (await fleet.client.task(task.id)).status === 'ROLLING_BACK');
    await expect(fleet.client.cancel(task.id, who)).rejects.toThrow(
      'the task is being rolled back; that goes on to its end',
    );
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'FAILED' });
    await expect(fleet.client.cancel(task.id, who)).rejects.toThrow('the task has ended: it is FAILED');
    await expectRecordEqualsHypervisor(fleet, id);
  });
});
