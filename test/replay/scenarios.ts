/** What golden histories tell: every operation, and what else becomes of tasks. Each names its workflow once it has been lived through. */
import { durationsWorkflowId, hostWorkflowId, instanceWorkflowId, taskWorkflowId } from '../../src/model/task.ts';
import type { Task } from '../../src/client/index.ts';
import { eventually } from '../support/eventually.ts';
import type { Fleet } from '../support/fleet.ts';

/** Lives through something, and returns the id of the workflow whose history is kept. */
type Scenario = (fleet: Fleet) => Promise<string>;

const ofTask = ({ id }: Task): string => taskWorkflowId(id);
const resizing = { flavor: 'm1.medium', host: 'host-2' };

async function instanceOn(fleet: Fleet, host = 'host-1'): Promise<string> {
  return (await fleet.activeInstance({ host })).id;
}

/** A resize to the other host that is held in the unit which copies the disk. */
async function heldResize(fleet: Fleet): Promise<{ readonly task: Task; readonly letGo: () => Promise<void> }> {
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
async function heldOffload(fleet: Fleet): Promise<{ readonly task: Task; readonly letGo: () => Promise<void> }> {
  const id = await instanceOn(fleet);
  const misbehaviour = { kind: 'hang' } as const;
  const letGo = await fleet.hypervisors.misbehave({ unit: 'unplugNetwork', instance: id, misbehaviour });
  const task = await fleet.client.submit('shelve', id, {});
  const [part] = await eventually('the offload runs', async () => (await fleet.client.task(task.id)).subTasks);
  await fleet.untilInUnit(part ?? '', 'unplug');
  return { task, letGo };
}

async function cancelledOffload(fleet: Fleet): Promise<Task> {
  const { task } = await heldOffload(fleet);
  await fleet.client.cancel(task.id, { actor: 'bob', reason: 'not today' });
  return fleet.ended(task);
}

async function stuckResize(fleet: Fleet): Promise<Task> {
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

export const scenarios: Record<string, Scenario> = {
  create: async (fleet) => {
    const [task] = await fleet.client.tasks(await instanceOn(fleet));
    if (task === undefined) throw new Error('the instance has no task');
    return ofTask(task);
  },
  'create that failed': async (fleet) => {
    const flavor = { name: 'odd', vcpus: 3, memoryMb: 300, diskGb: 3 };
    const letGo = await fleet.hypervisors.misbehave({ unit: 'startGuest', misbehaviour: { kind: 'fail' } });
    const task = await fleet.ended(await fleet.client.create({ name: 'bad', flavor, image: 'cirros' }));
    await letGo();
    return ofTask(task);
  },
  'create that no host has room for': async (fleet) => {
    const flavor = { name: 'gigantic', vcpus: 10_000, memoryMb: 1, diskGb: 1 };
    return ofTask(await fleet.ended(await fleet.client.create({ name: 'big', flavor, image: 'cirros' })));
  },
  delete: async (fleet) => ofTask(await fleet.run('delete', await instanceOn(fleet), {})),
  'delete of a resized instance': async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('resize', id, resizing);
    return ofTask(await fleet.run('delete', id, {}));
  },
  forceDelete: async (fleet) => ofTask(await fleet.run('forceDelete', await instanceOn(fleet), {})),
  softDelete: async (fleet) => ofTask(await fleet.run('softDelete', await instanceOn(fleet), {})),
  restore: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('softDelete', id, {});
    return ofTask(await fleet.run('restore', id, {}));
  },
  stop: async (fleet) => ofTask(await fleet.run('stop', await instanceOn(fleet), {})),
  start: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('stop', id, {});
    return ofTask(await fleet.run('start', id, {}));
  },
  reboot: async (fleet) => ofTask(await fleet.run('reboot', await instanceOn(fleet), { type: 'SOFT' })),
  'reboot HARD': async (fleet) => ofTask(await fleet.run('reboot', await instanceOn(fleet), { type: 'HARD' })),
  'reboot that fell back to HARD': async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.hypervisors.misbehave({ unit: 'softRebootGuest', instance: id, misbehaviour: { kind: 'ignore' } });
    return ofTask(await fleet.run('reboot', id, { type: 'SOFT', softTimeoutSeconds: 1 }));
  },
  'reboot that failed': async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.hypervisors.misbehave({ unit: 'hardRebootGuest', instance: id, misbehaviour: { kind: 'fail' } });
    return ofTask(await fleet.run('reboot', id, { type: 'HARD' }));
  },
  pause: async (fleet) => ofTask(await fleet.run('pause', await instanceOn(fleet), {})),
  'pause that timed out': async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.hypervisors.misbehave({ unit: 'pauseGuest', instance: id, misbehaviour: { kind: 'hang' } });
    return ofTask(await fleet.run('pause', id, {}, { deadlineScale: 0.03 }));
  },
  unpause: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('pause', id, {});
    return ofTask(await fleet.run('unpause', id, {}));
  },
  suspend: async (fleet) => ofTask(await fleet.run('suspend', await instanceOn(fleet), {})),
  resume: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('suspend', id, {});
    return ofTask(await fleet.run('resume', id, {}));
  },
  resize: async (fleet) => ofTask(await fleet.run('resize', await instanceOn(fleet), resizing)),
  'resize in place': async (fleet) =>
    ofTask(await fleet.run('resize', await instanceOn(fleet), { flavor: 'm1.medium', host: 'host-1' })),
  'resize that was paused and resumed': async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.hypervisors.misbehave({
      unit: 'shutDownGuest',
      instance: id,
      misbehaviour: { kind: 'delay', duration: '1s' },
    });
    const task = await fleet.client.submit('resize', id, resizing);
    await fleet.untilInUnit(task.id, 'shutDown');
    await fleet.client.pause(task.id);
    await fleet.untilStatus(task.id, 'PAUSED');
    await fleet.client.resume(task.id);
    return ofTask(await fleet.ended(task));
  },
  'resize that was cancelled': async (fleet) => {
    const { task } = await heldResize(fleet);
    await fleet.client.cancel(task.id, { actor: 'bob', reason: 'not today' });
    return ofTask(await fleet.ended(task));
  },
  "resize that was cancelled through Temporal's own cancel": async (fleet) => {
    const { task } = await heldResize(fleet);
    await fleet.temporal.workflow.getHandle(taskWorkflowId(task.id)).cancel();
    return ofTask(await fleet.ended(task));
  },
  'resize that failed': async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.hypervisors.misbehave({ unit: 'defineGuest', instance: id, misbehaviour: { kind: 'fail' } });
    return ofTask(await fleet.run('resize', id, resizing));
  },
  'resize that left a debt': async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.hypervisors.misbehave({ unit: 'unplugNetwork', instance: id, misbehaviour: { kind: 'fail' } });
    return ofTask(await fleet.run('resize', id, resizing));
  },
  'resize that could not be rolled back': async (fleet) => ofTask(await stuckResize(fleet)),
  migrate: async (fleet) => ofTask(await fleet.run('migrate', await instanceOn(fleet), {})),
  rebuild: async (fleet) => ofTask(await fleet.run('rebuild', await instanceOn(fleet), { image: 'debian-13' })),
  rescue: async (fleet) => ofTask(await fleet.run('rescue', await instanceOn(fleet), {})),
  unrescue: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('rescue', id, {});
    return ofTask(await fleet.run('unrescue', id, {}));
  },
  createImage: async (fleet) => ofTask(await fleet.run('createImage', await instanceOn(fleet), { name: 'golden' })),
  createBackup: async (fleet) => {
    const id = await instanceOn(fleet);
    const backUp = (name: string) => fleet.run('createBackup', id, { name, backupType: 'daily', rotation: 1 });
    await backUp('first');
    return ofTask(await backUp('second'));
  },
  shelve: async (fleet) => ofTask(await fleet.run('shelve', await instanceOn(fleet), {})),
  'shelve whose offload was cancelled': async (fleet) => ofTask(await cancelledOffload(fleet)),
  'instance whose shelve was terminated while it was offloaded': async (fleet) => {
    const { task, letGo } = await heldOffload(fleet);
    await fleet.temporal.workflow.getHandle(taskWorkflowId(task.id)).terminate();
    const recovery = await eventually('a recovery', async () =>
      (await fleet.client.tasks(task.instanceId)).find(({ recovers }) => recovers !== undefined),
    );
    await letGo();
    await fleet.ended(recovery);
    return instanceWorkflowId(task.instanceId);
  },
  'recover of a shelve that was terminated while it was offloaded': async (fleet) => {
    for await (const { workflowId } of fleet.temporal.workflow.list({ query: `WorkflowType = 'recover'` }))
      if ((await fleet.client.task(workflowId.slice(taskWorkflowId('').length))).subTasks !== undefined)
        return workflowId;
    throw new Error('no shelve was recovered: the instance comes before');
  },
  shelveOffload: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('shelve', id, { offloadAfterSeconds: null });
    return ofTask(await fleet.run('shelveOffload', id, {}));
  },
  unshelve: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('shelve', id, {});
    return ofTask(await fleet.run('unshelve', id, {}));
  },
  'unshelve of an instance on its host': async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('shelve', id, { offloadAfterSeconds: null });
    return ofTask(await fleet.run('unshelve', id, {}));
  },
  confirmResize: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('resize', id, resizing);
    return ofTask(await fleet.run('confirmResize', id, {}));
  },
  revertResize: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('resize', id, resizing);
    return ofTask(await fleet.run('revertResize', id, {}));
  },
  recover: async (fleet) => {
    const { instanceId } = await stuckResize(fleet);
    return ofTask(await fleet.ended(await fleet.client.recover(instanceId, { decision: 'skip' })));
  },
  'recover of a task that was terminated': async (fleet) => {
    const { task } = await heldResize(fleet);
    await fleet.temporal.workflow.getHandle(taskWorkflowId(task.id)).terminate();
    const recovery = await eventually('a recovery', async () =>
      (await fleet.client.tasks(task.instanceId)).find(({ recovers }) => recovers !== undefined),
    );
    return ofTask(await fleet.ended(recovery));
  },
  'instance with several tasks': async (fleet) => {
    const { task } = await heldResize(fleet);
    const { instanceId } = task;
    const waiting = await fleet.client.submit('reboot', instanceId, {}, { queue: true });
    await fleet.client.pause(waiting.id);
    await fleet.client.resume(waiting.id);
    await fleet.client.cancel(task.id);
    await fleet.ended(waiting);
    await fleet.run('stop', instanceId, {}, { queue: true });
    return instanceWorkflowId(instanceId);
  },
  'instance whose record was changed': async (fleet) => {
    const { task, letGo } = await heldResize(fleet);
    const { instanceId } = task;
    await fleet.run('lock', instanceId, { reason: 'audit' });
    await letGo();
    await fleet.ended(task);
    await fleet.run('unlock', instanceId, {});
    await fleet.run('resetState', instanceId, { state: 'error' });
    return instanceWorkflowId(instanceId);
  },
  syncPowerState: async (fleet) => ofTask(await fleet.run('syncPowerState', await instanceOn(fleet), {})),
  'instance whose guest stopped by itself': async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.hypervisors.tamper('host-1', id, ({ guest }) => ({
      guest: guest && { ...guest, powerState: 'SHUTDOWN' },
    }));
    await eventually('the instance is stopped', async () => (await fleet.client.get(id)).vmState === 'stopped');
    return instanceWorkflowId(id);
  },
  'instance that was deleted while a task ran': async (fleet) => {
    const { task } = await heldResize(fleet);
    await fleet.client.submit('reboot', task.instanceId, {}, { queue: true });
    await fleet.run('delete', task.instanceId, {});
    await fleet.temporal.workflow.getHandle(instanceWorkflowId(task.instanceId)).result();
    return instanceWorkflowId(task.instanceId);
  },
  'instance that was rebuilt while a task ran': async (fleet) => {
    const { task } = await heldResize(fleet);
    await fleet.temporal.workflow.getHandle(instanceWorkflowId(task.instanceId)).terminate();
    await fleet.client.rebuild(task.instanceId);
    await fleet.client.cancel(task.id);
    await fleet.ended(task);
    await fleet.run('stop', task.instanceId, {}, { queue: true });
    return instanceWorkflowId(task.instanceId);
  },
  'instance whose tasks waited for a time': async (fleet) => {
    const id = await instanceOn(fleet);
    const [first, last] = [
      await fleet.client.submit('stop', id, {}, { startAt: '3s' }),
      await fleet.client.submit('start', id, {}, { startAt: '1h' }),
    ];
    await fleet.run('reboot', id, { type: 'SOFT' });
    await fleet.client.submit('reboot', id, { type: 'HARD' }, { startAt: '1s' });
    await fleet.client.pause(last.id);
    await fleet.client.resume(last.id);
    await fleet.ended(first);
    await fleet.client.cancel(last.id);
    return instanceWorkflowId(id);
  },
  'instance whose tasks waited for others': async (fleet) => {
    const { task, letGo } = await heldResize(fleet);
    const id = await instanceOn(fleet);
    const last = await fleet.client.submit('stop', id, {}, { after: task.id });
    await fleet.client.submit('start', id, {}, { after: last.id });
    const dropped = await fleet.client.submit('pause', id, {}, { after: task.id });
    const never = await fleet.client.submit('stop', task.instanceId, {}, { startAt: '1h' });
    const unwatched = await fleet.client.submit('pause', id, {}, { after: never.id });
    await fleet.run('reboot', id, { type: 'SOFT' });
    await fleet.client.cancel(unwatched.id);
    await fleet.client.cancel(dropped.id);
    await fleet.client.cancel(task.id);
    await fleet.ended(last);
    const settled = await fleet.run('stop', id, {}, { startAt: '1s' });
    await fleet.run('start', id, {}, { after: settled.id });
    await letGo();
    return instanceWorkflowId(id);
  },
  'instance that confirmed a resize by itself': async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('resize', id, { ...resizing, confirmAfterSeconds: 1 });
    await eventually('a confirmation', async () => (await fleet.client.get(id)).vmState === 'active');
    await fleet.run('resize', id, { flavor: 'm1.large', confirmAfterSeconds: 3_600 });
    await fleet.run('revertResize', id, {});
    return instanceWorkflowId(id);
  },
  host: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.hypervisors.misbehave({ unit: 'unplugNetwork', instance: id, misbehaviour: { kind: 'fail' } });
    await fleet.run('resize', id, resizing);
    await fleet.hypervisors.behave();
    await fleet.worker('host-1').restart();
    return hostWorkflowId('host-1');
  },
  payDebts: async (fleet) => {
    for await (const { workflowId } of fleet.temporal.workflow.list({ query: `WorkflowType = 'payDebts'` }))
      return workflowId;
    throw new Error('no debts were paid: the host comes before');
  },
  durations: async (fleet) => {
    await fleet.run('reboot', await instanceOn(fleet), { type: 'HARD' });
    const isThere = () => fleet.client.durations('reboot').then((known) => known !== null);
    await eventually('what tasks have taken is kept', isThere);
    return durationsWorkflowId;
  },
};
