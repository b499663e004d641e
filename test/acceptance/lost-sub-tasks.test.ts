/** Sub-tasks and their tasks whose workflows were terminated. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { instanceWorkflowId, taskWorkflowId } from '../../src/model/task.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { expectUsable, offloading, recoveryOf } from './offloading.ts';

const who = { actor: 'bob', reason: 'not today' };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const terminate = (taskId: string) => fleet.temporal.workflow.getHandle(taskWorkflowId(taskId)).terminate('by mistake');

describe('when the workflow is terminated', () => {
  test.each([
    ['unplugNetwork', 'shelved'],
    ['destroyGuest', 'shelved_offloaded'],
  ] as const)('of the sub-task in %s: it is recovered, and what was committed stays', async (unit, vmState) => {
    const { task, part, letGo } = await offloading(fleet, unit);
    await terminate(part.id);
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'FAILED', fault: { code: 'TASK_TERMINATED' } });
    expect(await recoveryOf(fleet, part)).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.client.task(part.id)).toMatchObject({ status: 'FAILED', fault: { code: 'TASK_TERMINATED' } });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState });
    await expectUsable(fleet, task.instanceId);
  });

  test('of the task: the sub-task goes on, and its recovery books what both have done', async () => {
    const { task, part, letGo } = await offloading(fleet);
    await terminate(task.id);
    expect(await fleet.ended(task)).toMatchObject({ status: 'FAILED', fault: { code: 'TASK_TERMINATED' } });
    await letGo();
    expect(await recoveryOf(fleet, task)).toMatchObject({ status: 'COMPLETED', subTasks: [part.id] });
    expect(await fleet.client.task(part.id)).toMatchObject({ status: 'COMPLETED', parentTask: task.id });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'shelved_offloaded' });
    await expectUsable(fleet, task.instanceId);
  });

  test('of the task, whose recovery passes a cancel on to the sub-task', async () => {
    const { task, part } = await offloading(fleet);
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
    const { task, part, letGo } = await offloading(fleet);
    await terminate(task.id);
    await terminate(part.id);
    await letGo();
    await recoveryOf(fleet, task);
    expect(await recoveryOf(fleet, part)).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'shelved' });
    await expectUsable(fleet, task.instanceId);
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
    expect(await recoveryOf(fleet, task)).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('of the instance: the rebuilt one books what both have done', async () => {
    const { task, letGo } = await offloading(fleet);
    await fleet.temporal.workflow.getHandle(instanceWorkflowId(task.instanceId)).terminate('by mistake');
    await fleet.client.rebuild(task.instanceId);
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    await expectUsable(fleet, task.instanceId);
    expect((await fleet.client.tasks(task.instanceId)).map(({ operation }) => operation)).toEqual([
      'create',
      'shelve',
      'shelveOffload',
      'unshelve',
    ]);
  });
});
