/** An undo that fails for good: the task ends ROLLBACK_FAILED, and a person decides what becomes of the rest. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NotAllowedInStateError, type Task } from '../../src/client/index.ts';
import { taskWorkflowId } from '../../src/model/task.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

const who = { actor: 'bob', reason: 'looked at the host' };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet.dispose());

interface Stuck {
  readonly id: string;
  readonly task: Task;
  /** From now on the undo works. */
  readonly mend: () => Promise<void>;
}

/** A resize whose copy of the disk failed, and that could not be taken back because of this unit. */
async function stuckResize(undoUnit: 'startGuest' | 'removeDisk' = 'startGuest'): Promise<Stuck> {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  await fleet.hypervisors.misbehave({
    unit: 'copyDisk',
    instance: id,
    misbehaviour: { kind: 'fail', moment: 'after' },
  });
  const mend = await fleet.hypervisors.misbehave({
    unit: undoUnit,
    instance: id,
    direction: 'undo',
    misbehaviour: { kind: 'fail' },
  });
  const task = await fleet.run('resize', id, { flavor: 'm1.medium', host: 'host-2' });
  return { id, task, mend };
}
const undoItems = ({ items }: Task) =>
  items.filter(({ direction }) => direction === 'undo').map(({ step, state }) => `${step} ${state}`);

test('the task tells what was taken back and what was not, and the instance is in error, idle', async () => {
  const { id, task } = await stuckResize();
  expect(task).toMatchObject({ status: 'ROLLBACK_FAILED', fault: { code: 'HYPERVISOR_ERROR', step: 'shutDown' } });
  expect(undoItems(task)).toEqual(['copyDisk COMPLETED', 'shutDown FAILED', 'claim WAITING']);
  expect(await fleet.client.get(id)).toMatchObject({ vmState: 'error', taskState: null });
  const [fault] = await fleet.client.faults(id);
  expect(fault).toMatchObject({ taskId: task.id, code: 'HYPERVISOR_ERROR' });
});

describe('recover', () => {
  test('with retry takes back the rest, and the instance is as it was before the resize', async () => {
    const { id, task, mend } = await stuckResize();
    await mend();
    const recovery = await fleet.ended(await fleet.client.recover(id, { decision: 'retry' }, who));
    expect(recovery).toMatchObject({ operation: 'recover', status: 'COMPLETED', recovers: [task.id], ...who });
    expect(undoItems(recovery)).toEqual(['shutDown COMPLETED', 'claim COMPLETED']);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active', powerState: 'RUNNING' });
  });

  test('is what a retry of the task means', async () => {
    const { id, task, mend } = await stuckResize();
    await mend();
    const recovery = await fleet.ended(await fleet.client.retry(task.id, who));
    expect(recovery).toMatchObject({ operation: 'recover', status: 'COMPLETED', recovers: [task.id], ...who });
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('that fails again ends ROLLBACK_FAILED itself, and the next one still knows all that is to be done', async () => {
    const { id, task, mend } = await stuckResize();
    const first = await fleet.ended(await fleet.client.recover(id, { decision: 'retry' }));
    expect(first).toMatchObject({ status: 'ROLLBACK_FAILED', recovers: [task.id] });
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'error', taskState: null });
    await mend();
    const second = await fleet.ended(await fleet.client.recover(id, { decision: 'retry' }));
    expect(second).toMatchObject({ status: 'COMPLETED', recovers: [task.id, first.id] });
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('that waited for another one takes up what that one has left', async () => {
    const { id, task } = await stuckResize();
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'hardRebootGuest',
      instance: id,
      misbehaviour: { kind: 'hang' },
    });
    const reboot = await fleet.client.submit('reboot', id, { type: 'HARD' });
    await fleet.untilInUnit(reboot.id, 'hardReboot');
    const waiting = { queue: true };
    const first = await fleet.client.recover(id, { decision: 'retry' }, waiting);
    const second = await fleet.client.recover(id, { decision: 'skip' }, waiting);
    const third = await fleet.client.recover(id, { decision: 'retry' }, waiting);
    await letGo();
    expect(await fleet.ended(first)).toMatchObject({ status: 'ROLLBACK_FAILED', recovers: [task.id] });
    expect(await fleet.ended(second)).toMatchObject({ status: 'COMPLETED', recovers: [task.id, first.id] });
    expect(await fleet.ended(third)).toMatchObject({ fault: { code: 'NOT_ALLOWED_IN_STATE' }, items: [] });
    await expectRecordEqualsHypervisor(fleet, id);
  });

  test('with skip leaves that step as it is, takes back the others, and the record is what the hypervisor says', async () => {
    const { id } = await stuckResize();
    const recovery = await fleet.ended(await fleet.client.recover(id, { decision: 'skip' }, who));
    expect(recovery).toMatchObject({ status: 'COMPLETED', ...who });
    expect(undoItems(recovery)).toEqual(['claim COMPLETED']);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'stopped', powerState: 'SHUTDOWN' });
  });

  test('with markDone takes that step as done by hand, and goes on', async () => {
    const { id } = await stuckResize();
    const recovery = await fleet.ended(await fleet.client.recover(id, { decision: 'markDone', step: 'shutDown' }, who));
    expect(recovery).toMatchObject({ status: 'COMPLETED', ...who });
    expect(undoItems(recovery)).toEqual(['claim COMPLETED']);
    await expectRecordEqualsHypervisor(fleet, id);
  });

  test('with skip of a disk leaves the disk, and nothing else', async () => {
    const { id, task } = await stuckResize('removeDisk');
    expect(undoItems(task)).toEqual(['copyDisk FAILED', 'shutDown WAITING', 'claim WAITING']);
    const recovery = await fleet.ended(await fleet.client.recover(id, { decision: 'skip', step: 'copyDisk' }));
    expect(undoItems(recovery)).toEqual(['shutDown COMPLETED', 'claim COMPLETED']);
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'active', powerState: 'RUNNING' });
    expect((await fleet.hypervisors.belongings(id))['host-2']).toEqual({
      guest: null,
      disks: [`${task.id}-disk`],
      port: false,
      furtherPorts: [],
      claims: [],
    });
  });

  test('of an instance that has nothing to recover is refused', async () => {
    const { id } = await fleet.activeInstance();
    await expect(fleet.client.recover(id, { decision: 'retry' })).rejects.toThrow(NotAllowedInStateError);
    await expect(fleet.client.recover(id, { decision: 'retry' })).rejects.toThrow(
      'no task has left anything to recover',
    );
  });
});

describe('what a task has left', () => {
  test('is known also after other operations and other losses, until somebody recovers it', async () => {
    const { id, task, mend } = await stuckResize();
    expect(await fleet.run('reboot', id, { type: 'HARD' })).toMatchObject({ status: 'COMPLETED' });
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'pauseGuest',
      instance: id,
      misbehaviour: { kind: 'hang' },
    });
    const lost = await fleet.client.submit('pause', id, {});
    await fleet.untilInUnit(lost.id, 'freeze');
    await fleet.temporalCli('workflow', 'terminate', '--workflow-id', taskWorkflowId(lost.id));
    await eventually('the second task is recovered', async () =>
      (await fleet.client.tasks(id)).some(
        ({ recovers, status }) => recovers?.[0] === lost.id && status === 'COMPLETED',
      ),
    );
    await letGo();
    await mend();
    const recovery = await fleet.ended(await fleet.client.recover(id, { decision: 'retry' }));
    expect(recovery).toMatchObject({ status: 'COMPLETED', recovers: [task.id] });
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('bars operations that would get in its way', async () => {
    const { id, task } = await stuckResize();
    await fleet.run('reboot', id, { type: 'HARD' });
    const refused = fleet.client.submit('resize', id, { flavor: 'm1.large' });
    await expect(refused).rejects.toThrow(NotAllowedInStateError);
    await expect(refused).rejects.toThrow(task.id);
  });
});
