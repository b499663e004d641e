/** What else becomes of tasks: failed, cancelled, paused, timed out, terminated. */
import { taskWorkflowId } from '../../../src/model/task.ts';
import { eventually } from '../../support/eventually.ts';
import { copying } from '../../support/live-migrations.ts';
import {
  cancelledOffload,
  heldResize,
  instanceOn,
  ofTask,
  resizing,
  stuckResize,
  type Scenario,
} from './beginnings.ts';

export const ofTasks = {
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
  'pause that timed out': async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.hypervisors.misbehave({ unit: 'pauseGuest', instance: id, misbehaviour: { kind: 'hang' } });
    return ofTask(await fleet.run('pause', id, {}, { deadlineScale: 0.03 }));
  },
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
  'liveMigrate that was cancelled': async (fleet) => {
    const { task } = await copying(fleet, { dirtyRate: 10 });
    await fleet.client.cancel(task.id);
    return ofTask(await fleet.ended(task));
  },
  'liveMigrate that was forced to complete': async (fleet) => {
    const { task } = await copying(fleet, { dirtyRate: 10 });
    await fleet.client.forceComplete(task.id);
    return ofTask(await fleet.ended(task));
  },
  'liveMigrate whose answer was lost': async (fleet) => {
    const id = await instanceOn(fleet);
    const misbehaviour = { kind: 'fail', moment: 'after' } as const;
    await fleet.hypervisors.misbehave({ unit: 'liveMigrateGuest', instance: id, misbehaviour });
    return ofTask(await fleet.run('liveMigrate', id, {}));
  },
  'shelve whose offload was cancelled': async (fleet) => ofTask(await cancelledOffload(fleet)),
  'recover of a task that was terminated': async (fleet) => {
    const { task } = await heldResize(fleet);
    await fleet.temporal.workflow.getHandle(taskWorkflowId(task.id)).terminate();
    const recovery = await eventually('a recovery', async () =>
      (await fleet.client.tasks(task.instanceId)).find(({ recovers }) => recovers !== undefined),
    );
    return ofTask(await fleet.ended(recovery));
  },
} satisfies Record<string, Scenario>;
