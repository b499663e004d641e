/** Locks, and what else changes the record of an instance alone. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { InstanceBusyError, InstanceLockedError, NotAllowedInStateError, type Task } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const instance = async (): Promise<string> => (await fleet.activeInstance({ host: 'host-1' })).id;
const done = { status: 'COMPLETED', fault: null };
const byBob = { actor: 'bob' } as const;

/** A resize that is held in the unit which copies the disk. */
async function heldResize(): Promise<{
  readonly id: string;
  readonly task: Task;
  readonly letGo: () => Promise<void>;
}> {
  const id = await instance();
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'copyDisk',
    instance: id,
    direction: 'run',
    misbehaviour: { kind: 'hang' },
  });
  const task = await fleet.client.submit('resize', id, { flavor: 'm1.medium', host: 'host-2' });
  await fleet.untilInUnit(task.id, 'copyDisk');
  return { id, task, letGo };
}

describe('a locked instance', () => {
  test('refuses operations, also delete, and says by whom, when and why it was locked', async () => {
    const id = await instance();
    expect(await fleet.run('lock', id, { reason: 'audit' }, byBob)).toMatchObject(done);
    const { locked } = await fleet.client.get(id);
    expect(locked).toEqual({ by: 'bob', reason: 'audit', at: expect.any(String) });
    for (const operation of ['stop', 'delete', 'softDelete'] as const) {
      const refused = fleet.client.submit(operation, id, {});
      await expect(refused).rejects.toThrow(InstanceLockedError);
      await expect(refused).rejects.toThrow(
        `cannot ${operation} subject: it was locked by bob at ${locked?.at} (audit); unlock it first`,
      );
      await expect(refused).rejects.toMatchObject({ instanceId: id, lock: locked });
    }
    expect(await fleet.run('unlock', id, {})).toMatchObject(done);
    expect((await fleet.client.get(id)).locked).toBeNull();
    expect(await fleet.run('stop', id, {})).toMatchObject(done);
  });

  test('lets operators pass who override the lock, which stays', async () => {
    const id = await instance();
    await fleet.run('lock', id, {}, byBob);
    expect(await fleet.run('stop', id, {}, { overrideLock: true })).toMatchObject(done);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'stopped', locked: { by: 'bob' } });
    expect(await fleet.run('delete', id, {}, { overrideLock: true })).toMatchObject(done);
    await expectNothingLeft(fleet, id);
  });

  test('still has what a lost task left tied up', async () => {
    const { id, task, letGo } = await heldResize();
    await fleet.run('lock', id, {});
    await fleet.temporalCli('workflow', 'terminate', '--workflow-id', `task/${task.id}`);
    await letGo();
    const recovery = await eventually('a recovery', async () =>
      (await fleet.client.tasks(id)).find(({ operation }) => operation === 'recover'),
    );
    expect(await fleet.ended(recovery)).toMatchObject(done);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active', locked: { by: 'alice' } });
  });
});

describe('a lock while a task runs', () => {
  test('is there at once, lets that task end, and bars those that wait unless they override it', async () => {
    const { id, task, letGo } = await heldResize();
    const barred = await fleet.client.submit('confirmResize', id, {}, { queue: true });
    const allowed = await fleet.client.submit('revertResize', id, {}, { queue: true, overrideLock: true });
    const lock = await fleet.run('lock', id, { reason: 'hold' }, byBob);
    expect(lock).toMatchObject(done);
    expect(await fleet.client.get(id)).toMatchObject({ taskState: 'resize_migrating', locked: { by: 'bob' } });
    await expect(fleet.client.submit('delete', id, {})).rejects.toThrow(InstanceLockedError);
    await letGo();
    expect(await fleet.ended(task)).toMatchObject(done);
    expect(await fleet.ended(barred)).toMatchObject({ status: 'FAILED', fault: { code: 'LOCKED', blame: 'caller' } });
    expect(await fleet.ended(allowed)).toMatchObject(done);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active', locked: { by: 'bob' } });
  });

  test('is found as a task, as an action, and by its id, also after a kill -9 of the control worker', async () => {
    const { id, task, letGo } = await heldResize();
    const lock = await fleet.client.submit('lock', id, { reason: 'hold' }, { idempotencyKey: 'once' });
    await fleet.control.restart();
    expect(await fleet.client.task(lock.id)).toMatchObject({ operation: 'lock', status: 'COMPLETED', items: [] });
    expect((await fleet.client.submit('lock', id, { reason: 'hold' }, { idempotencyKey: 'once' })).id).toBe(lock.id);
    expect((await fleet.client.instanceActions(id)).map(({ action }) => action)).toEqual(['lock', 'resize', 'create']);
    await letGo();
    await fleet.ended(task);
    expect((await fleet.client.get(id)).locked).toMatchObject({ reason: 'hold' });
  });
});

describe('resetState', () => {
  test('has the record say error, and active again', async () => {
    const id = await instance();
    expect(await fleet.run('resetState', id, { state: 'error' })).toMatchObject(done);
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'error', powerState: 'RUNNING' });
    expect(await fleet.run('resetState', id, { state: 'active' })).toMatchObject(done);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('does not strand a resize that is to be decided', async () => {
    const id = await instance();
    await fleet.run('resize', id, { flavor: 'm1.medium', host: 'host-2' });
    await fleet.run('resetState', id, { state: 'error' });
    await fleet.run('resetState', id, { state: 'active' });
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'resized' });
    expect(await fleet.run('revertResize', id, {})).toMatchObject(done);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('is refused while a task runs, which is to be cancelled first', async () => {
    const { id, task, letGo } = await heldResize();
    const refused = fleet.client.submit('resetState', id, { state: 'error' });
    await expect(refused).rejects.toThrow(InstanceBusyError);
    await expect(refused).rejects.toThrow('cancel it first');
    await fleet.client.cancel(task.id);
    await letGo();
    await fleet.ended(task);
    expect(await fleet.run('resetState', id, { state: 'error' })).toMatchObject(done);
  });

  test('to active is refused for what is on no host', async () => {
    const flavor = { name: 'gigantic', vcpus: 10_000, memoryMb: 1, diskGb: 1 };
    const { instanceId } = await fleet.ended(await fleet.client.create({ name: 'big', flavor, image: 'cirros' }));
    await expect(fleet.client.submit('resetState', instanceId, { state: 'active' })).rejects.toThrow(
      NotAllowedInStateError,
    );
  });
});
