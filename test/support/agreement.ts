/** What must hold whenever no task runs: the record says what there is, no more and no less. */
import { expect } from '@jest/globals';
import type { InstanceRecord } from '../../src/model/instance.ts';
import { reconcileVmState } from '../../src/model/states.ts';
import type { Fleet } from './fleet.ts';
import { recorded, recordedVolumes } from './recorded.ts';

/** Expects that the hosts have of the instance what its record says, and nothing else: no guest, disk, port, claim, image, volume, debt. */
export async function expectRecordEqualsHypervisor(fleet: Fleet, instanceId: string): Promise<InstanceRecord> {
  const record = await fleet.client.get(instanceId);
  const belongings = await fleet.hypervisors.belongings(instanceId);
  expect(belongings).toEqual(recorded(record));
  expect(await fleet.hypervisors.debts(instanceId)).toEqual([]);
  await expectRecordedImages(fleet, record);
  expect(await fleet.hypervisors.volumesOf(instanceId)).toEqual(recordedVolumes(record));
  expect(record.taskState).toBeNull();
  if (record.vmState !== 'error') expect(reconcileVmState(record.vmState, record.powerState)).toBe(record.vmState);
  return record;
}

/** The image store has, whole, what the record names and what people asked for as such, and nothing else of the instance. */
async function expectRecordedImages(fleet: Fleet, { id, shelved, backups = [] }: InstanceRecord): Promise<void> {
  const tasks = await fleet.client.tasks(id);
  const made = tasks.flatMap(({ operation, result }) => (operation === 'createImage' ? (result?.['image'] ?? []) : []));
  const recorded = [...made, ...backups.map(({ image }) => image), ...(shelved ? [shelved.image] : [])].sort();
  const images = await fleet.hypervisors.images(id);
  expect(images.filter(({ whole }) => !whole)).toEqual([]);
  expect(images.map((image) => image.id).sort()).toEqual(recorded);
}

/** Expects that no host has anything of the instance any more. Images that people asked for stay. */
export async function expectNothingLeft(fleet: Fleet, instanceId: string): Promise<void> {
  await expectRecordedImages(fleet, await fleet.client.get(instanceId));
  expect(await fleet.hypervisors.belongings(instanceId)).toEqual({});
  expect(await fleet.hypervisors.volumesOf(instanceId)).toEqual([]);
  expect(await fleet.hypervisors.debts(instanceId)).toEqual([]);
}
