/** What instances live through beside one task. */
import { instanceWorkflowId, taskWorkflowId } from '../../../src/model/task.ts';
import { eventually } from '../../support/eventually.ts';
import { evacuated, heldOffload, heldResize, instanceOn, resizing, type Scenario } from './beginnings.ts';

export const ofInstances = {
  'instance that was evacuated while a task ran': async (fleet) => {
    const { instanceId } = await evacuated(fleet);
    await eventually('the host is no longer fenced', async () => {
      const { fencedHosts = [] } = await fleet.client.get(instanceId);
      return fencedHosts.length === 0;
    });
    await fleet.run('stop', instanceId, {});
    return instanceWorkflowId(instanceId);
  },
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
} satisfies Record<string, Scenario>;
