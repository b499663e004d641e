/** What the platform keeps and does by itself. */
import { durationsWorkflowId, hostWorkflowId, hostTaskWorkflowId } from '../../../src/model/task.ts';
import { eventually } from '../../support/eventually.ts';
import { evacuated, instanceOn, resizing, type Scenario } from './beginnings.ts';

export const ofPlatform = {
  host: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.hypervisors.misbehave({ unit: 'unplugNetwork', instance: id, misbehaviour: { kind: 'fail' } });
    await fleet.run('resize', id, resizing);
    await fleet.hypervisors.behave();
    await fleet.worker('host-1').restart();
    return hostWorkflowId('host-1');
  },
  'host that was fenced': async (fleet) => {
    await evacuated(fleet);
    return hostWorkflowId('host-1');
  },
  payDebts: async (fleet) => {
    for await (const { workflowId } of fleet.temporal.workflow.list({ query: `WorkflowType = 'payDebts'` }))
      return workflowId;
    throw new Error('no debts were paid: the host comes before');
  },
  drainHost: async (fleet) => {
    await instanceOn(fleet);
    const { hostTasks } = fleet.client;
    const { id, host } = await hostTasks.waitFor(await hostTasks.drain('host-1', { reason: 'new memory' }));
    await fleet.client.setMaintenance(host, false);
    return hostTaskWorkflowId(host, id);
  },
  evacuateHost: async (fleet) => {
    await instanceOn(fleet);
    const { hostTasks } = fleet.client;
    await fleet.client.fenceHost('host-1', { force: true });
    await fleet.worker('host-1').kill();
    const { id, host } = await hostTasks.waitFor(await hostTasks.evacuate('host-1'));
    await fleet.worker('host-1').start();
    return hostTaskWorkflowId(host, id);
  },
  durations: async (fleet) => {
    await fleet.run('reboot', await instanceOn(fleet), { type: 'HARD' });
    const isThere = () => fleet.client.durations('reboot').then((known) => known !== null);
    await eventually('what tasks have taken is kept', isThere);
    return durationsWorkflowId;
  },
} satisfies Record<string, Scenario>;
