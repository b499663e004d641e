/** A rescue starts an instance from a fresh system beside its own disk; unrescue goes back. Neither loses anything. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NotAllowedInStateError, type InstanceRecord } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
});
afterAll(() => fleet.dispose());

const home = ({ vmState, powerState, residence }: InstanceRecord) => ({ vmState, powerState, residence });
const moments = ['before', 'after'] as const;

async function rescued(): Promise<{ readonly before: InstanceRecord; readonly during: InstanceRecord }> {
  const before = await fleet.activeInstance();
  expect(await fleet.run('rescue', before.id, { image: 'debian-13' })).toMatchObject({ status: 'COMPLETED' });
  return { before, during: await fleet.client.get(before.id) };
}

async function failing(unit: string, instance: string, moment: 'before' | 'after'): Promise<void> {
  await fleet.hypervisors.misbehave({ unit, instance, direction: 'run', misbehaviour: { kind: 'fail', moment } });
}

describe('rescue', () => {
  test('starts the instance from another disk and keeps its own', async () => {
    const { before, during } = await rescued();
    expect(during).toMatchObject({ vmState: 'rescued', powerState: 'RUNNING', image: before.image });
    expect(during.residence).toEqual({ ...before.residence, rescueDisk: expect.stringMatching(/-rescue$/) });
    await expectRecordEqualsHypervisor(fleet, before.id);
  });

  const units = { disk: 'createDisk', shutDown: 'shutDownGuest', define: 'defineGuest', boot: 'startGuest' };
  const cases = Object.entries(units).flatMap(([step, unit]) => moments.map((moment) => ({ step, unit, moment })));
  test.each(cases)('that fails at its step $step, $moment the effect, leaves the instance as it was', async (one) => {
    const before = await fleet.activeInstance();
    await failing(one.unit, before.id, one.moment);
    expect(await fleet.run('rescue', before.id, {})).toMatchObject({ status: 'FAILED', fault: { step: one.step } });
    expect(home(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(home(before));
  });

  test('bars what would not be right with it', async () => {
    const { before } = await rescued();
    for (const operation of ['rescue', 'stop', 'pause', 'rebuild', 'resize'] as const) {
      const input = { rebuild: { image: 'cirros' }, resize: { flavor: 'm1.large' } };
      const refused = fleet.client.request(
        operation,
        before.id,
        operation in input ? Reflect.get(input, operation) : {},
      );
      await expect(refused).rejects.toThrow(NotAllowedInStateError);
    }
  });
});

describe('unrescue', () => {
  test('starts the instance from its own disk again and leaves nothing of the other', async () => {
    const { before } = await rescued();
    expect(await fleet.run('unrescue', before.id, {})).toMatchObject({ status: 'COMPLETED' });
    expect(home(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(home(before));
  });

  const units = { powerOff: 'powerOffGuest', define: 'defineGuest', boot: 'startGuest' };
  const cases = Object.entries(units).flatMap(([step, unit]) => moments.map((moment) => ({ step, unit, moment })));
  test.each(cases)('that fails at its step $step, $moment the effect, leaves it rescued', async (one) => {
    const { before, during } = await rescued();
    await failing(one.unit, before.id, one.moment);
    expect(await fleet.run('unrescue', before.id, {})).toMatchObject({ status: 'FAILED', fault: { step: one.step } });
    expect(home(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(home(during));
  });

  test('of an instance that is not rescued is refused', async () => {
    const { id } = await fleet.activeInstance();
    await expect(fleet.client.submit('unrescue', id, {})).rejects.toThrow(NotAllowedInStateError);
  });
});

test('delete of a rescued instance takes both disks away', async () => {
  const { before } = await rescued();
  expect(await fleet.run('delete', before.id, {})).toMatchObject({ status: 'COMPLETED' });
  await expectNothingLeft(fleet, before.id);
});

test('one in error that may be in the system it was rescued with is unrescued, and not started as it is', async () => {
  const { id } = await fleet.activeInstance();
  await fleet.run('rescue', id, {});
  await fleet.client.submit('resetState', id, {});
  const unrescueFirst = 'it may be in the system that it was rescued with: unrescue it first';
  await expect(fleet.client.submit('stop', id, {})).rejects.toThrow(unrescueFirst);
  await expect(fleet.client.submit('reboot', id, { type: 'HARD' })).rejects.toThrow(unrescueFirst);
  expect(await fleet.run('unrescue', id, {})).toMatchObject({ status: 'COMPLETED' });
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
});
