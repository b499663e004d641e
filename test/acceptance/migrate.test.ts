/** A cold migration moves an instance to another host, of the same size, and waits to be confirmed or reverted. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NotAllowedInStateError } from '../../src/client/index.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1', 'host-2'] });
});
afterAll(() => fleet.dispose());

describe('a migration', () => {
  test('goes to another host, keeps the flavor, and can be confirmed', async () => {
    const { id, flavor } = await fleet.activeInstance({ host: 'host-1' });
    expect(await fleet.run('migrate', id, {})).toMatchObject({ status: 'COMPLETED' });
    const resized = await expectRecordEqualsHypervisor(fleet, id);
    expect(resized).toMatchObject({ vmState: 'resized', flavor, residence: { host: 'host-2' } });
    expect(await fleet.run('confirmResize', id, {})).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active', pendingResize: null });
  });

  test('can be reverted', async () => {
    const before = await fleet.activeInstance({ host: 'host-2' });
    await fleet.run('migrate', before.id, { host: 'host-1' });
    expect(await fleet.run('revertResize', before.id, {})).toMatchObject({ status: 'COMPLETED' });
    const { vmState, residence } = await expectRecordEqualsHypervisor(fleet, before.id);
    expect({ vmState, residence }).toEqual({ vmState: 'active', residence: before.residence });
  });

  test('that fails on the way leaves the instance where it was', async () => {
    const before = await fleet.activeInstance({ host: 'host-1' });
    const misbehaviour = { kind: 'fail', moment: 'after' } as const;
    await fleet.hypervisors.misbehave({ unit: 'defineGuest', instance: before.id, direction: 'run', misbehaviour });
    expect(await fleet.run('migrate', before.id, {})).toMatchObject({ status: 'FAILED', fault: { step: 'define' } });
    const { vmState, residence } = await expectRecordEqualsHypervisor(fleet, before.id);
    expect({ vmState, residence }).toEqual({ vmState: 'active', residence: before.residence });
  });

  test('to the host where the instance is, is refused', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const refused = fleet.client.submit('migrate', id, { host: 'host-1' });
    await expect(refused).rejects.toThrow(NotAllowedInStateError);
    await expect(refused).rejects.toThrow('the instance is on host-1 already');
  });

  test('of an instance that has no other host to go to is NO_VALID_HOST', async () => {
    const flavor = { name: 'half', vcpus: 150, memoryMb: 1_024, diskGb: 1 };
    const first = await fleet.activeInstance({ flavor, host: 'host-1' });
    await fleet.activeInstance({ flavor, host: 'host-2' });
    const task = await fleet.run('migrate', first.id, {});
    expect(task).toMatchObject({ status: 'FAILED', fault: { code: 'NO_VALID_HOST' } });
    expect(await expectRecordEqualsHypervisor(fleet, first.id)).toMatchObject({ vmState: 'active' });
  });
});
