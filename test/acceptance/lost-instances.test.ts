/** The workflow of an instance is terminated from outside, and brought back. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { InstanceTasksError, type Task } from '../../src/client/index.ts';
import { instanceWorkflowId } from '../../src/model/task.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const terminate = (instanceId: string) =>
  fleet.temporalCli('workflow', 'terminate', '--workflow-id', instanceWorkflowId(instanceId), '--reason', 'by mistake');

const operationsOf = async (instanceId: string) =>
  (await fleet.client.tasks(instanceId)).map(({ operation, status }) => `${operation} ${status}`);

/** A resize that waits in the unit which copies the disk. */
async function heldResize(): Promise<{ readonly task: Task; readonly letGo: () => Promise<void> }> {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const letGo = await fleet.hypervisors.misbehave({ unit: 'copyDisk', instance: id, misbehaviour: { kind: 'hang' } });
  const task = await fleet.client.submit('resize', id, { flavor: 'm1.medium', host: 'host-2' });
  await fleet.untilInUnit(task.id, 'copyDisk');
  return { task, letGo };
}

describe('an idle instance', () => {
  test('is brought back with its record and its tasks, and takes operations again', async () => {
    const { id } = await fleet.activeInstance();
    await fleet.run('stop', id, {});
    const before = await fleet.client.get(id);
    const tasks = await fleet.client.tasks(id);
    await terminate(id);
    await expect(fleet.client.submit('start', id, {})).rejects.toThrow(InstanceTasksError);

    expect(await fleet.client.rebuild(id)).toEqual(before);
    expect(await fleet.client.tasks(id)).toEqual(tasks);
    expect(await fleet.run('start', id, {})).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('learns that its host was declared fenced meanwhile', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await terminate(id);
    await fleet.worker('host-1').kill();
    await fleet.client.fenceHost('host-1', { force: true });
    expect(await fleet.client.rebuild(id)).toMatchObject({ fencedHosts: ['host-1'] });
    expect((await fleet.run('pause', id, {})).fault?.code).toBe('HOST_FENCED');
    expect((await fleet.run('evacuate', id, {})).status).toBe('COMPLETED');
    await fleet.worker('host-1').start();
    expect((await expectRecordEqualsHypervisor(fleet, id)).residence?.host).toBe('host-2');
  });

  test('still knows its idempotency keys', async () => {
    const { id } = await fleet.activeInstance();
    const options = { idempotencyKey: 'before the loss' };
    const task = await fleet.run('reboot', id, { type: 'HARD' }, options);
    await terminate(id);
    await fleet.client.rebuild(id);
    expect((await fleet.client.submit('reboot', id, { type: 'HARD' }, options)).id).toBe(task.id);
    expect(await operationsOf(id)).toEqual(['create COMPLETED', 'reboot COMPLETED']);
  });

  test('can be lost and brought back again and again, and deleted', async () => {
    const { id } = await fleet.activeInstance();
    for (let loss = 1; loss <= 3; loss += 1) {
      await terminate(id);
      await fleet.client.rebuild(id);
    }
    expect(await fleet.run('delete', id, {})).toMatchObject({ status: 'COMPLETED' });
    await expectNothingLeft(fleet, id);
  });

  test('that runs, was deleted or never was is not brought back', async () => {
    const { id } = await fleet.activeInstance();
    await expect(fleet.client.rebuild(id)).rejects.toThrow('is not lost: its workflow runs');
    await fleet.run('delete', id, {});
    await expect(fleet.client.rebuild(id)).rejects.toThrow(/was deleted|its workflow runs/);
    await expect(fleet.client.rebuild('00000000-0000-4000-8000-000000000000')).rejects.toThrow('there is no instance');
  });
});

describe('an instance with a running task', () => {
  test('waits for its task, which goes on by itself, and books its end', async () => {
    const { task, letGo } = await heldResize();
    const { instanceId } = task;
    await terminate(instanceId);
    await fleet.client.rebuild(instanceId);
    expect(await fleet.client.task(task.id)).toMatchObject({ status: 'RUNNING', step: 'copyDisk' });
    await expect(fleet.client.submit('stop', instanceId, {})).rejects.toMatchObject({ inTheWay: { taskId: task.id } });
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.run('confirmResize', instanceId, {}, { queue: true })).toMatchObject({ status: 'COMPLETED' });
    expect(await operationsOf(instanceId)).toEqual(['create COMPLETED', 'resize COMPLETED', 'confirmResize COMPLETED']);
    expect(await expectRecordEqualsHypervisor(fleet, instanceId)).toMatchObject({
      vmState: 'active',
      flavor: { name: 'm1.medium' },
    });
  });

  test('books also a task that ended while the instance was lost', async () => {
    const { task, letGo } = await heldResize();
    await terminate(task.instanceId);
    await letGo();
    await fleet.untilStatus(task.id, 'COMPLETED');
    await fleet.client.rebuild(task.instanceId);
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.run('revertResize', task.instanceId, {}, { queue: true })).toMatchObject({
      status: 'COMPLETED',
    });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'active' });
  });

  test('recovers a task that was terminated while the instance was lost', async () => {
    const { task, letGo } = await heldResize();
    await terminate(task.instanceId);
    await fleet.temporalCli('workflow', 'terminate', '--workflow-id', `task/${task.id}`);
    await letGo();
    await fleet.client.rebuild(task.instanceId);
    expect(await fleet.run('stop', task.instanceId, {}, { queue: true })).toMatchObject({ status: 'COMPLETED' });
    expect(await operationsOf(task.instanceId)).toEqual([
      'create COMPLETED',
      'resize FAILED',
      'recover COMPLETED',
      'stop COMPLETED',
    ]);
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'stopped' });
  });

  test('passes cancel and delete on to its task when it is back', async () => {
    const { task } = await heldResize();
    await terminate(task.instanceId);
    await fleet.client.rebuild(task.instanceId);
    const deletion = await fleet.client.submit('delete', task.instanceId, {});
    expect(await fleet.ended(deletion)).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED', notes: [{ verb: 'cancel' }] });
    await expectNothingLeft(fleet, task.instanceId);
  });

  test('goes on with the tasks that waited', async () => {
    const { task, letGo } = await heldResize();
    const waiting = await fleet.client.submit('revertResize', task.instanceId, {}, { queue: true });
    await terminate(task.instanceId);
    await fleet.client.rebuild(task.instanceId);
    await letGo();
    expect(await fleet.ended(waiting)).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'active' });
  });
});
