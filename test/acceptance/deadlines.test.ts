/** Units that hang, are slow, fail for a while, or find no free worker. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

/** Six seconds for a step of two minutes, heartbeats of 1.5 s. */
const deadlineScale = 0.05;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

describe('a unit that gives no sign of progress until its deadline', () => {
  test('is HOST_UNRESPONSIVE, and the task is TIMED_OUT with the instance as it was', async () => {
    const { id } = await fleet.activeInstance();
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'pauseGuest',
      instance: id,
      misbehaviour: { kind: 'hang' },
    });
    const task = await fleet.run('pause', id, {}, { deadlineScale });
    expect(task).toMatchObject({
      status: 'TIMED_OUT',
      fault: { code: 'HOST_UNRESPONSIVE', blame: 'host', retryable: true, step: 'freeze' },
    });
    expect(task.items).toMatchObject([
      { step: 'freeze', state: 'TIMED_OUT' },
      { step: 'inspect', state: 'COMPLETED' },
    ]);
    // The attempts that hung go on now, and come too late.
    await letGo();
    expect(await fleet.run('reboot', id, { type: 'HARD' })).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.hypervisors.effects(task)).toEqual([]);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('of a create is taken back: nothing is left, and the instance is in error', async () => {
    await fleet.hypervisors.misbehave({ unit: 'defineGuest', misbehaviour: { kind: 'hang' } });
    const wanted = { name: 'late', flavor: 'm1.small', image: 'cirros' };
    const task = await fleet.ended(await fleet.client.create(wanted, { deadlineScale }));
    expect(task).toMatchObject({ status: 'TIMED_OUT', fault: { code: 'HOST_UNRESPONSIVE', step: 'define' } });
    await fleet.hypervisors.behave();
    await expectNothingLeft(fleet, task.instanceId);
    expect(await fleet.client.get(task.instanceId)).toMatchObject({ vmState: 'error', taskState: null });
  });
});

test('a unit that makes progress and is too slow is DEADLINE_EXCEEDED, and the task is TIMED_OUT', async () => {
  const { id } = await fleet.activeInstance();
  await fleet.hypervisors.misbehave({
    unit: 'pauseGuest',
    instance: id,
    misbehaviour: { kind: 'delay', duration: '10m' },
  });
  const task = await fleet.run('pause', id, {}, { deadlineScale });
  expect(task).toMatchObject({
    status: 'TIMED_OUT',
    fault: { code: 'DEADLINE_EXCEEDED', blame: 'platform', retryable: true, step: 'freeze' },
  });
  expect(await fleet.hypervisors.effects(task)).toEqual([]);
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
});

describe('a hypervisor that cannot be reached', () => {
  test.each(['before', 'after'] as const)(
    'twice, %s the effect, and then can: the unit is done, once',
    async (moment) => {
      const { id } = await fleet.activeInstance();
      await fleet.hypervisors.misbehave({
        unit: 'hardRebootGuest',
        instance: id,
        misbehaviour: { kind: 'failTimes', times: 2, moment },
      });
      const task = await fleet.run('reboot', id, { type: 'HARD' });
      expect(task).toMatchObject({ status: 'COMPLETED', fault: null });
      expect(await fleet.hypervisors.effects(task)).toEqual(['hardReboot run: guest reset']);
      await expectRecordEqualsHypervisor(fleet, id);
    },
  );

  test('until the deadline is HYPERVISOR_UNREACHABLE, and the task is TIMED_OUT', async () => {
    const { id } = await fleet.activeInstance();
    await fleet.hypervisors.misbehave({
      unit: 'pauseGuest',
      instance: id,
      misbehaviour: { kind: 'failTimes', times: 10_000 },
    });
    const task = await fleet.run('pause', id, {}, { deadlineScale });
    expect(task).toMatchObject({
      status: 'TIMED_OUT',
      fault: { code: 'HYPERVISOR_UNREACHABLE', blame: 'host', retryable: true, step: 'freeze' },
    });
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });
});

test('a host whose workers are alive and all busy is HOST_BUSY, not HOST_DOWN, and serves again once they are free', async () => {
  const { id } = await fleet.activeInstance();
  await fleet.hypervisors.misbehave({ unit: 'plugNetwork', misbehaviour: { kind: 'hang' } });
  /** As many units as a worker takes at once. */
  const wanted = { name: 'one of many', flavor: 'm1.small', image: 'cirros' };
  const many = await Promise.all(Array.from({ length: 50 }, () => fleet.client.create(wanted)));
  await Promise.all(many.map((task) => fleet.untilInUnit(task.id, 'network')));

  const task = await fleet.run('pause', id, {}, { deadlineScale });
  expect(task).toMatchObject({
    status: 'FAILED',
    fault: { code: 'HOST_BUSY', blame: 'capacity', retryable: true, step: 'freeze' },
  });
  expect(await fleet.client.get(id)).toMatchObject({ vmState: 'active', taskState: null });
  expect(await fleet.hypervisors.host('host-1')).toMatchObject({ up: true, serving: true });

  await fleet.hypervisors.behave();
  for (const { id: taskId } of many) expect(await fleet.ended(taskId)).toMatchObject({ status: 'COMPLETED' });
  expect(await fleet.ended(await fleet.client.retry(task.id))).toMatchObject({ status: 'COMPLETED' });
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'paused' });
});
