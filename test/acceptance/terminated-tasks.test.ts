/** The workflow of a task is terminated from outside: the instance finds out what it had done, and ties it up. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { NewFaultRule } from '../../activities/drivers/simulated/fault-rules.ts';
import type { Task } from '../../src/client/index.ts';
import { taskWorkflowId } from '../../src/model/task.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const terminate = (taskId: string) =>
  fleet.temporalCli('workflow', 'terminate', '--workflow-id', taskWorkflowId(taskId), '--reason', 'by mistake');

/** The task that recovers this one, once it has ended. */
async function recoveryOf(task: Task): Promise<Task> {
  const recovery = await eventually(`a recovery of task ${task.id}`, async () =>
    (await fleet.client.tasks(task.instanceId)).find(({ recovers }) => recovers?.at(-1) === task.id),
  );
  return fleet.ended(recovery);
}

async function expectLost(task: Task): Promise<void> {
  expect(await fleet.ended(task)).toMatchObject({ status: 'FAILED', fault: { code: 'TASK_TERMINATED' } });
  const faults = await fleet.client.faults(task.instanceId);
  expect(faults).toContainEqual(
    expect.objectContaining({ taskId: task.id, code: 'TASK_TERMINATED', blame: 'platform' }),
  );
}

/** An operation that waits in one of its units, for which it is terminated. */
async function terminatedIn(
  activityId: string,
  rule: Pick<NewFaultRule, 'unit' | 'host' | 'direction'>,
  submit: () => Promise<Task>,
): Promise<Task> {
  const letGo = await fleet.hypervisors.misbehave({ direction: 'run', ...rule, misbehaviour: { kind: 'hang' } });
  const task = await submit();
  await fleet.untilInUnit(task.id, activityId);
  await terminate(task.id);
  await letGo();
  return task;
}

const resize = async (to = 'host-2') => {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  return fleet.client.submit('resize', id, { flavor: 'm1.medium', host: to });
};
const create = () => fleet.client.create({ name: 'new', flavor: 'm1.small', image: 'cirros' });

test('a reboot in mid-unit: the task is FAILED, a visible task recovers it, and the instance is idle and usable', async () => {
  const { id } = await fleet.activeInstance();
  const task = await terminatedIn('hardReboot', { unit: 'hardRebootGuest' }, () =>
    fleet.client.submit('reboot', id, { type: 'HARD' }),
  );
  const recovery = await recoveryOf(task);
  expect(recovery).toMatchObject({ operation: 'recover', status: 'COMPLETED', actor: 'system', recovers: [task.id] });
  expect(recovery.reason).toContain(task.id);
  await expectLost(task);
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  expect(await fleet.run('stop', id, {})).toMatchObject({ status: 'COMPLETED' });
});

describe('a resize', () => {
  test.each([
    ['shutDown', 'shutDownGuest', 'host-2'],
    ['copyDisk', 'copyDisk', 'host-2'],
    ['plug', 'plugNetwork', 'host-2'],
    ['define', 'defineGuest', 'host-2'],
    ['boot', 'startGuest', 'host-2'],
    ['copyDisk', 'copyDisk', 'host-1'],
    ['redefine', 'defineGuest', 'host-1'],
    ['boot', 'startGuest', 'host-1'],
  ])('in the unit of its step %s (%s, to %s) is taken back', async (step, unit, to) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const task = await terminatedIn(step, { unit }, () =>
      fleet.client.submit('resize', id, { flavor: 'm1.medium', host: to }),
    );
    expect(await recoveryOf(task)).toMatchObject({ status: 'COMPLETED' });
    await expectLost(task);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({
      vmState: 'active',
      flavor: { name: 'm1.small' },
    });
  });

  test('beyond its point of no return goes on to its end', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const task = await terminatedIn('leave', { unit: 'unplugNetwork' }, () =>
      fleet.client.submit('resize', id, { flavor: 'm1.medium', host: 'host-2' }),
    );
    expect(await recoveryOf(task)).toMatchObject({ status: 'COMPLETED' });
    await expectLost(task);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({
      vmState: 'resized',
      flavor: { name: 'm1.medium' },
    });
    expect(await fleet.run('revertResize', id, {})).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({
      vmState: 'active',
      flavor: { name: 'm1.small' },
    });
  });

  test('while it is paused is taken back', async () => {
    const letGo = await fleet.hypervisors.misbehave({ unit: 'shutDownGuest', misbehaviour: { kind: 'hang' } });
    const task = await resize();
    await fleet.untilInUnit(task.id, 'shutDown');
    await fleet.client.pause(task.id);
    await letGo();
    await fleet.untilStatus(task.id, 'PAUSED');
    await terminate(task.id);
    expect(await recoveryOf(task)).toMatchObject({ status: 'COMPLETED' });
    await expectLost(task);
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'active' });
  });

  test('while it is rolled back is rolled back to the end', async () => {
    await fleet.hypervisors.misbehave({ unit: 'copyDisk', misbehaviour: { kind: 'fail', moment: 'after' } });
    const task = await terminatedIn('undo shutDown', { unit: 'startGuest', direction: 'undo' }, resize);
    expect(await recoveryOf(task)).toMatchObject({ status: 'COMPLETED' });
    await expectLost(task);
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'active' });
  });
});

describe('a create', () => {
  test.each([
    ['network', 'plugNetwork'],
    ['disk', 'createDisk'],
    ['define', 'defineGuest'],
    ['boot', 'startGuest'],
  ])(
    'in the unit of its step %s (%s) leaves nothing, and an instance in error that can be deleted',
    async (step, unit) => {
      const task = await terminatedIn(step, { unit }, create);
      expect(await recoveryOf(task)).toMatchObject({ status: 'COMPLETED' });
      await expectLost(task);
      expect(await fleet.client.get(task.instanceId)).toMatchObject({ vmState: 'error', taskState: null });
      await expectNothingLeft(fleet, task.instanceId);
      expect(await fleet.run('delete', task.instanceId, {})).toMatchObject({ status: 'COMPLETED' });
    },
  );

  test('at once after it was asked for leaves nothing', async () => {
    // However late the word comes, it finds the task before its second step.
    await fleet.hypervisors.misbehave({ unit: 'plugNetwork', misbehaviour: { kind: 'delay', duration: '30s' } });
    const task = await create();
    await eventually('the task can be terminated', () => terminate(task.id).then(() => true));
    expect(await recoveryOf(task)).toMatchObject({ status: 'COMPLETED' });
    await expectLost(task);
    expect(await fleet.client.get(task.instanceId)).toMatchObject({ vmState: 'error', taskState: null });
    await expectNothingLeft(fleet, task.instanceId);
  });
});

test('a delete is gone on with, and the instance is deleted', async () => {
  const { id } = await fleet.activeInstance();
  const task = await terminatedIn('removeDisk', { unit: 'removeDisk' }, () => fleet.client.submit('delete', id, {}));
  expect(await recoveryOf(task)).toMatchObject({ status: 'COMPLETED' });
  await expectLost(task);
  expect(await fleet.client.get(id)).toMatchObject({ vmState: 'deleted', taskState: null });
  await expectNothingLeft(fleet, id);
});

test('tasks that wait have their turn after the recovery', async () => {
  const { id } = await fleet.activeInstance();
  const letGo = await fleet.hypervisors.misbehave({ unit: 'pauseGuest', misbehaviour: { kind: 'hang' } });
  const task = await fleet.client.submit('pause', id, {});
  const waiting = await fleet.client.submit('stop', id, {}, { queue: true });
  await fleet.untilInUnit(task.id, 'freeze');
  await terminate(task.id);
  await recoveryOf(task);
  // The unit goes on only now; it would have frozen the guest, and what the hypervisor says is what counts.
  await letGo();
  expect(await fleet.ended(waiting)).toMatchObject({ status: 'COMPLETED' });
  expect((await fleet.client.tasks(id)).map(({ operation }) => operation)).toEqual([
    'create',
    'pause',
    'recover',
    'stop',
  ]);
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'stopped' });
});

describe('the recovery itself', () => {
  test('is recovered when it is terminated', async () => {
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'startGuest',
      direction: 'undo',
      misbehaviour: { kind: 'hang' },
    });
    const task = await terminatedIn('copyDisk', { unit: 'copyDisk' }, resize);
    const first = await eventually('the first recovery', async () =>
      (await fleet.client.tasks(task.instanceId)).find(({ recovers }) => recovers?.at(-1) === task.id),
    );
    await fleet.untilInUnit(first.id, 'undo shutDown');
    await terminate(first.id);
    await letGo();
    expect(await recoveryOf(first)).toMatchObject({ status: 'COMPLETED', recovers: [task.id, first.id] });
    await expectLost(first);
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'active' });
  });

  test('is left to a person when it has been terminated again and again', async () => {
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'startGuest',
      direction: 'undo',
      misbehaviour: { kind: 'hang' },
    });
    const task = await terminatedIn('copyDisk', { unit: 'copyDisk' }, resize);
    let last = task;
    for (let recovery = 1; recovery <= 3; recovery += 1) {
      const { id } = last;
      last = await eventually(`recovery ${recovery}`, async () =>
        (await fleet.client.tasks(task.instanceId)).find(({ recovers }) => recovers?.at(-1) === id),
      );
      await fleet.untilInUnit(last.id, 'undo shutDown');
      await terminate(last.id);
    }
    await expectLost(last);
    expect(await fleet.client.get(task.instanceId)).toMatchObject({ vmState: 'error', taskState: null });
    await letGo();
    const byHand = await fleet.ended(await fleet.client.recover(task.instanceId, { decision: 'retry' }));
    expect(byHand).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'active' });
  });
});
