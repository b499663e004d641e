/** What must hold whenever no task runs: the record says what there is, no more and no less. */
import { expect } from '@jest/globals';
import type { InstanceRecord, Residence } from '../../src/model/instance.ts';
import { reconcileVmState } from '../../src/model/states.ts';
import type { Fleet } from './fleet.ts';
import type { Belongings } from './hypervisors.ts';

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

/** What the hosts have by the record. */
function recorded({ residence, pendingResize, flavor, powerState }: InstanceRecord): Record<string, Belongings> {
  if (residence === null) return {};
  const home: Belongings = {
    guest: { powerState, flavor: flavor.name, disk: residence.rescueDisk ?? residence.disk },
    disks: [residence.disk, ...(residence.rescueDisk === undefined ? [] : [residence.rescueDisk])].sort(),
    port: true,
    claims: [residence.claim],
  };
  if (pendingResize === null) return { [residence.host]: home };
  const { from } = pendingResize;
  if (from.host === residence.host) return { [residence.host]: withOther(home, from) };
  const left: Belongings = {
    guest: { powerState: 'SHUTDOWN', flavor: pendingResize.flavor.name, disk: from.disk },
    disks: [from.disk],
    port: false,
    claims: [from.claim],
  };
  return { [residence.host]: home, [from.host]: left };
}

/** A resize in place keeps the old disk and claim until it is decided on. */
const withOther = (home: Belongings, { disk, claim }: Residence): Belongings => ({
  ...home,
  disks: [...home.disks, disk].sort(),
  claims: [...home.claims, claim].sort(),
});

/** Expects that no host has anything of the instance any more. */
export async function expectNothingLeft(fleet: Fleet, instanceId: string): Promise<void> {
  expect(await fleet.hypervisors.belongings(instanceId)).toEqual({});
  expect(await fleet.hypervisors.debts(instanceId)).toEqual([]);
}
