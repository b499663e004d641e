/** Where the scenarios of the golden histories begin. */
import { taskWorkflowId } from '../../../src/model/task.ts';
import type { Task } from '../../../src/client/index.ts';
import { eventually } from '../../support/eventually.ts';
import type { Fleet } from '../../support/fleet.ts';

/** Lives through something, and returns the id of the workflow whose history is kept. */
export type Scenario = (fleet: Fleet) => Promise<string>;

export const ofTask = ({ id }: Task): string => taskWorkflowId(id);
export const resizing = { flavor: 'm1.medium', host: 'host-2' };

export async function instanceOn(fleet: Fleet, host = 'host-1'): Promise<string> {
  return (await fleet.activeInstance({ host })).id;
}

/** A resize to the other host that is held in the unit which copies the disk. */
export async function heldResize(fleet: Fleet): Promise<{ readonly task: Task; readonly letGo: () => Promise<void> }> {
  const id = await instanceOn(fleet);
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'copyDisk',
    instance: id,
    misbehaviour: { kind: 'delay', duration: '1m' },
  });
  const task = await fleet.client.submit('resize', id, resizing);
  await fleet.untilInUnit(task.id, 'copyDisk');
  return { task, letGo };
}

/** A shelve that is held in the first unit of its offload. */
export async function heldOffload(fleet: Fleet): Promise<{ readonly task: Task; readonly letGo: () => Promise<void> }> {
  const id = await instanceOn(fleet);
  const misbehaviour = { kind: 'hang' } as const;
  const letGo = await fleet.hypervisors.misbehave({ unit: 'unplugNetwork', instance: id, misbehaviour });
  const task = await fleet.client.submit('shelve', id, {});
  const [part] = await eventually('the offload runs', async () => (await fleet.client.task(task.id)).subTasks);
  await fleet.untilInUnit(part ?? '', 'unplug');
  return { task, letGo };
}

export async function cancelledOffload(fleet: Fleet): Promise<Task> {
  const { task } = await heldOffload(fleet);
  await fleet.client.cancel(task.id, { actor: 'bob', reason: 'not today' });
  return fleet.ended(task);
}

export async function stuckResize(fleet: Fleet): Promise<Task> {
  const id = await instanceOn(fleet);
  await fleet.hypervisors.misbehave({ unit: 'copyDisk', instance: id, misbehaviour: { kind: 'fail' } });
  await fleet.hypervisors.misbehave({
    unit: 'startGuest',
    instance: id,
    direction: 'undo',
    misbehaviour: { kind: 'fail' },
  });
  return fleet.run('resize', id, resizing);
}

export const volumeOf = (instanceId: string): string => `volume-of-${instanceId}`;

/** The task that gave an instance a volume of its own. */
export async function attachedVolume(fleet: Fleet): Promise<Task> {
  const id = await instanceOn(fleet);
  await fleet.hypervisors.makeVolume(volumeOf(id));
  return fleet.run('attachVolume', id, { volume: volumeOf(id) });
}

/** The evacuation of an instance whose host died in the middle of a reboot, and has come back since. */
export async function evacuated(fleet: Fleet): Promise<Task> {
  const id = await instanceOn(fleet);
  const worker = fleet.worker('host-1');
  await worker.kill();
  await fleet.client.submit('reboot', id, { type: 'HARD' });
  await fleet.client.fenceHost('host-1', { actor: 'bob', reason: 'power cut', force: true });
  const task = await fleet.run('evacuate', id, {});
  await worker.start();
  return task;
}
