/** A live migration that fails, on either host or at any step, leaves one guest: on its old host before the switch, on its new one after it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { taskWorkflowId } from '../../src/model/task.ts';
import type { InstanceRecord, Task } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { copying } from '../support/live-migrations.ts';
import { expectOneGuestThroughout } from '../support/single-guest.ts';

/** A host that does not answer is given up after four seconds. */
const deadlineScale = 0.2;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

async function expectAt(host: string, { id, vmState }: InstanceRecord): Promise<void> {
  const after = await expectRecordEqualsHypervisor(fleet, id);
  expect({ vmState: after.vmState, host: after.residence?.host }).toEqual({ vmState, host });
  await expectOneGuestThroughout(fleet, id);
}

const bootCounts = async (id: string) =>
  (await fleet.hypervisors.journal(id)).flatMap(({ state: { guest } }) => guest?.bootCount ?? []);

async function recoveryOf({ instanceId }: Task): Promise<Task> {
  const recovery = await eventually('a recovery', async () =>
    (await fleet.client.tasks(instanceId)).find(({ recovers }) => recovers !== undefined),
  );
  return fleet.ended(recovery);
}

describe('before the switch', () => {
  test.each([
    ['plugNetwork', 'host-2'],
    ['prepareDisk', 'host-2'],
    ['liveMigrateGuest', 'host-2'],
  ])('a failure of %s takes all back', async (unit, host) => {
    for (const moment of ['before', 'after'] as const) {
      if (unit === 'liveMigrateGuest' && moment === 'after') continue;
      const before = await fleet.activeInstance({ host: 'host-1' });
      const misbehaviour = { kind: 'fail', moment } as const;
      await fleet.hypervisors.misbehave({ unit, host, instance: before.id, direction: 'run', misbehaviour });
      const task = await fleet.run('liveMigrate', before.id, {});
      expect(task).toMatchObject({ status: 'FAILED', fault: { code: 'HYPERVISOR_ERROR' } });
      await expectAt('host-1', before);
    }
  });

  test('a guest that stops by itself stays where it is, and is known to be off', async () => {
    const { task, before } = await copying(fleet);
    await fleet.hypervisors.tamper('host-1', before.id, ({ guest }) => ({
      guest: guest && { ...guest, powerState: 'SHUTDOWN' },
    }));
    expect(await fleet.ended(task)).toMatchObject({ status: 'FAILED', fault: { step: 'migrate' } });
    await expectAt('host-1', { ...before, vmState: 'stopped' });
  });

  test('a delete ends the migration and the instance', async () => {
    const { task, before } = await copying(fleet, { dirtyRate: 10 });
    expect(await fleet.run('delete', before.id, {})).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
    await expectNothingLeft(fleet, before.id);
  });

  test('a task that is ended from outside is taken back', async () => {
    const { task, before } = await copying(fleet, { dirtyRate: 10 });
    await fleet.temporal.workflow.getHandle(taskWorkflowId(task.id)).terminate('a test');
    expect(await recoveryOf(task)).toMatchObject({ status: 'COMPLETED' });
    await expectAt('host-1', before);
  });
});

describe('after the switch', () => {
  test.each(['host-1', 'host-2'])(
    'a failure on %s, or its lost answer, does not bring the guest back',
    async (host) => {
      const before = await fleet.activeInstance({ host: 'host-1' });
      const misbehaviour = { kind: 'fail', moment: 'after' } as const;
      await fleet.hypervisors.misbehave({ unit: 'liveMigrateGuest', host, instance: before.id, misbehaviour });
      const task = await fleet.run('liveMigrate', before.id, {});
      expect(task).toMatchObject({ status: 'COMPLETED', fault: null });
      expect(task.items.map(({ step, direction, state }) => `${direction} ${step} ${state}`)).toEqual(
        expect.arrayContaining(['run migrate FAILED', 'undo migrate COMPLETED', 'run releaseOld COMPLETED']),
      );
      await expectAt('host-2', before);
    },
  );

  test('a cancel that comes too late is noted as such, and the task goes on to its end', async () => {
    const before = await fleet.activeInstance({ host: 'host-1' });
    const misbehaviour = { kind: 'failTimes', times: 1, moment: 'after' } as const;
    await fleet.hypervisors.misbehave({ unit: 'liveMigrateGuest', host: 'host-2', instance: before.id, misbehaviour });
    const patient = { deadlineScale: 10 };
    const task = await fleet.client.submit('liveMigrate', before.id, {}, patient);
    // Between the attempt that failed after the switch and the next one.
    await eventually('the guest has arrived', async () =>
      (await fleet.hypervisors.effects(task)).includes('migrate run: guest arrived'),
    );
    await fleet.client.cancel(task.id, { actor: 'bob' });
    const ended = await fleet.ended(task);
    expect(ended).toMatchObject({ status: 'COMPLETED' });
    expect(ended.notes).toMatchObject([
      { verb: 'cancel', actor: 'bob', refusal: null },
      { verb: 'cancel', actor: 'system', refusal: expect.stringContaining('past its point of no return') },
    ]);
    await expectAt('host-2', before);
  });

  test.each(['destroyGuest', 'unplugNetwork', 'removeDisk'])(
    'a failure of %s is owed by the old host',
    async (unit) => {
      const before = await fleet.activeInstance({ host: 'host-1' });
      const misbehaviour = { kind: 'fail' } as const;
      const letGo = await fleet.hypervisors.misbehave({ unit, host: 'host-1', instance: before.id, misbehaviour });
      expect(await fleet.run('liveMigrate', before.id, {})).toMatchObject({ status: 'COMPLETED' });
      expect(await fleet.hypervisors.hostsThatOwe(before.id)).toEqual(['host-1']);
      expect(await fleet.client.get(before.id)).toMatchObject({ vmState: 'active', residence: { host: 'host-2' } });
      await letGo();
      await fleet.worker('host-1').restart();
      await expectAt('host-2', before);
    },
  );

  test('a task that is ended from outside is carried to its end', async () => {
    const before = await fleet.activeInstance({ host: 'host-1' });
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'liveMigrateGuest',
      host: 'host-1',
      instance: before.id,
      misbehaviour: { kind: 'failTimes', times: 100, moment: 'after' },
    });
    const task = await fleet.client.submit('liveMigrate', before.id, {});
    await eventually('the guest has arrived', async () =>
      (await fleet.hypervisors.effects(task)).includes('migrate run: guest arrived'),
    );
    await fleet.temporal.workflow.getHandle(taskWorkflowId(task.id)).terminate('a test');
    await letGo();
    expect(await recoveryOf(task)).toMatchObject({ status: 'COMPLETED' });
    await expectAt('host-2', before);
  });
});

describe('a host whose workers all die', () => {
  test('as the destination, half way: the instance runs on, its claim there is released, and the host owes the rest', async () => {
    const { task, before } = await copying(fleet, { deadlineScale, dirtyRate: 10 });
    await fleet.worker('host-2').kill();
    const ended = await fleet.ended(task);
    expect(ended).toMatchObject({ status: 'FAILED', fault: { code: 'HYPERVISOR_ERROR', step: 'migrate' } });
    expect(ended.fault?.message).toContain('The host that the instance was to move to does not answer.');
    expect(await fleet.client.get(before.id)).toMatchObject({ vmState: 'active', residence: before.residence });
    expect((await fleet.hypervisors.claims(before.id)).map(({ host }) => host)).toEqual(['host-1']);
    expect(await fleet.hypervisors.hostsThatOwe(before.id)).toEqual(['host-2']);
    expect(await bootCounts(before.id)).not.toContain(2);

    await fleet.worker('host-2').start();
    await expectAt('host-1', before);
  });

  test('as the source, half way: nobody decides before it is back; then the guest is found, and stays', async () => {
    const { task, before } = await copying(fleet, { deadlineScale, dirtyRate: 10 });
    await fleet.worker('host-1').kill();
    const ended = await fleet.ended(task);
    expect(ended).toMatchObject({ status: 'ROLLBACK_FAILED', fault: { code: 'HOST_DOWN' }, looseEnds: true });
    await fleet.worker('host-1').start();
    expect(await fleet.ended(await fleet.client.retry(task.id))).toMatchObject({ status: 'COMPLETED' });
    await expectAt('host-1', before);
  });
});
