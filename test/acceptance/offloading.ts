/** A shelve whose sub-task, the offload, is under way. */
import { expect } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import type { Fleet } from '../support/fleet.ts';

interface Offloading {
  readonly task: Task;
  readonly part: Task;
  readonly letGo: () => Promise<void>;
}

/** A shelve that is in a unit of its offload, until it is let go. */
export async function offloading(
  fleet: Fleet,
  unit: 'unplugNetwork' | 'destroyGuest' = 'unplugNetwork',
): Promise<Offloading> {
  const { id } = await fleet.activeInstance();
  const letGo = await fleet.hypervisors.misbehave({
    unit,
    instance: id,
    direction: 'run',
    misbehaviour: { kind: 'hang' },
  });
  const task = await fleet.client.submit('shelve', id, {}, { reason: 'for the summer' });
  const part = await eventually('the offload runs', async () => (await partsOf(fleet, task))[0]);
  await fleet.untilInUnit(part.id, unit === 'unplugNetwork' ? 'unplug' : 'destroy');
  return { task, part, letGo };
}

export const partsOf = async (fleet: Fleet, { id }: Task): Promise<Task[]> => {
  const { subTasks = [] } = await fleet.client.task(id);
  return Promise.all(subTasks.map((part) => fleet.client.task(part)));
};

/** The task that recovers this one, once it has ended. */
export async function recoveryOf(fleet: Fleet, { id, instanceId }: Task): Promise<Task> {
  const recovery = await eventually(`a recovery of task ${id}`, async () =>
    (await fleet.client.tasks(instanceId)).find(({ recovers }) => recovers?.at(-1) === id),
  );
  return fleet.ended(recovery);
}

/** It can be unshelved. */
export async function expectUsable(fleet: Fleet, instanceId: string): Promise<void> {
  expect(await fleet.run('unshelve', instanceId, {})).toMatchObject({ status: 'COMPLETED' });
  expect(await expectRecordEqualsHypervisor(fleet, instanceId)).toMatchObject({ vmState: 'active' });
}
