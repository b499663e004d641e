/** A rebuild gives an instance a new disk, and keeps the old one until nothing can fail any more. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { InvalidInputError, NotAllowedInStateError, type InstanceRecord } from '../../src/client/index.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
});
afterAll(() => fleet.dispose());

const wanted = { image: 'debian-13' };

/** What a rebuild may not change unless it succeeds. */
const lasting = ({ vmState, powerState, image, residence, flavor }: InstanceRecord) => ({
  vmState,
  powerState,
  image,
  residence,
  flavor,
});

test('gives an active instance another disk, made from the image, and starts it', async () => {
  const before = await fleet.activeInstance();
  const task = await fleet.run('rebuild', before.id, wanted);
  expect(task).toMatchObject({ status: 'COMPLETED', operation: 'rebuild' });
  const after = await expectRecordEqualsHypervisor(fleet, before.id);
  expect(after).toMatchObject({ vmState: 'active', powerState: 'RUNNING', image: 'debian-13' });
  expect(after.residence).toEqual({ ...before.residence, disk: `${task.id}-disk` });
  const { rows } = await fleet.client.list({ name: before.name, limit: 1_000 });
  expect(rows.find(({ id }) => id === before.id)).toMatchObject({ image: 'debian-13', powerState: 'RUNNING' });
});

test('leaves a stopped instance stopped', async () => {
  const { id } = await fleet.activeInstance();
  await fleet.run('stop', id, {});
  expect(await fleet.run('rebuild', id, wanted)).toMatchObject({ status: 'COMPLETED' });
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'stopped', image: 'debian-13' });
});

describe('a rebuild that fails for good', () => {
  const units = { disk: 'createDisk', shutDown: 'shutDownGuest', define: 'defineGuest', boot: 'startGuest' };
  const cases = Object.entries(units).flatMap(([step, unit]) =>
    (['before', 'after'] as const).map((moment) => ({ step, unit, moment })),
  );

  test.each(cases)(
    'at its step $step, $moment the effect, leaves the instance and its disk as they were',
    async (one) => {
      const { step, unit, moment } = one;
      const before = await fleet.activeInstance();
      const misbehaviour = { kind: 'fail', moment } as const;
      await fleet.hypervisors.misbehave({ unit, instance: before.id, direction: 'run', misbehaviour });
      const task = await fleet.run('rebuild', before.id, wanted);
      expect(task).toMatchObject({ status: 'FAILED', fault: { code: 'HYPERVISOR_ERROR', step } });
      expect(lasting(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(lasting(before));
    },
  );

  test('beyond its point of no return has succeeded, and the old disk is owed by the host', async () => {
    const { id } = await fleet.activeInstance();
    await fleet.hypervisors.misbehave({ unit: 'removeDisk', instance: id, misbehaviour: { kind: 'fail' } });
    const task = await fleet.run('rebuild', id, wanted);
    expect(task.status).toBe('COMPLETED');
    expect(task.items.filter(({ step }) => step === 'removeOldDisk').map(({ state }) => state)).toEqual([
      'FAILED',
      'OWED',
    ]);
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'active', image: 'debian-13' });
    expect(await fleet.hypervisors.debts(id)).toMatchObject([{ unit: 'removeDisk' }]);
  });
});

test('a rebuild that is cancelled leaves the instance as it was', async () => {
  const before = await fleet.activeInstance();
  await fleet.hypervisors.misbehave({
    unit: 'startGuest',
    instance: before.id,
    direction: 'run',
    misbehaviour: { kind: 'hang' },
  });
  const task = await fleet.client.submit('rebuild', before.id, wanted);
  await fleet.untilInUnit(task.id, 'boot');
  await fleet.client.cancel(task.id);
  expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
  expect(lasting(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(lasting(before));
});

test('an image is needed, and a state that the operation starts from', async () => {
  const { id } = await fleet.activeInstance();
  await expect(fleet.client.request('rebuild', id, {})).rejects.toThrow(InvalidInputError);
  await fleet.run('pause', id, {});
  await expect(fleet.client.submit('rebuild', id, wanted)).rejects.toThrow(NotAllowedInStateError);
});
