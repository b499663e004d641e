/** What must hold whenever no task runs: the record says what there is, no more and no less. */
import { expect } from '@jest/globals';
import type { InstanceRecord } from '../../src/model/instance.ts';
import { reconcileVmState } from '../../src/model/states.ts';
import type { Fleet } from './fleet.ts';
import { recorded } from './recorded.ts';

/** Expects that the hosts have of the instance what its record says, and nothing else: no guest, disk, port, claim, debt. */
export async function expectRecordEqualsHypervisor(fleet: Fleet, instanceId: string): Promise<InstanceRecord> {
  const record = await fleet.client.get(instanceId);
  const belongings = await fleet.hypervisors.belongings(instanceId);
  expect(belongings).toEqual(recorded(record));
  expect(await fleet.hypervisors.debts(instanceId)).toEqual([]);
  expect(record.taskState).toBeNull();
  if (record.vmState !== 'error') expect(reconcileVmState(record.vmState, record.powerState)).toBe(record.vmState);
  return record;
}

/** Expects that no host has anything of the instance any more. */
export async function expectNothingLeft(fleet: Fleet, instanceId: string): Promise<void> {
  expect(await fleet.hypervisors.belongings(instanceId)).toEqual({});
  expect(await fleet.hypervisors.debts(instanceId)).toEqual([]);
}
