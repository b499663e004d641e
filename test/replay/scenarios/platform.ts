/** What the platform keeps and does by itself. */
import type { HostTask } from '../../../src/client/index.ts';
import { durationsWorkflowId, hostWorkflowId, hostTaskWorkflowId } from '../../../src/model/task.ts';
import { keyPairsWorkflowId } from '../../../src/model/key-pair.ts';
import { registerHost } from '../../../workflows/messages.ts';
import { eventually } from '../../support/eventually.ts';
import { ed25519Key } from '../../support/ssh-keys.ts';
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
  'host that says where its guests can go': async (fleet) => {
    const { capacity } = await fleet.client.host('host-1');
    const handle = fleet.temporal.workflow.getHandle(hostWorkflowId('host-1'));
    for (const traits of [{ peers: ['host-2'] }, { peers: ['host-2'] }, { peers: [] }, {}])
      await handle.executeUpdate(registerHost, { args: [capacity, traits] });
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
  'drainHost that waited, was paused and resumed': async (fleet) => {
    const id = await instanceOn(fleet);
    const { client, hypervisors } = fleet;
    const letGo = await hypervisors.misbehave({
      unit: 'hardRebootGuest',
      misbehaviour: { kind: 'delay', duration: '1h' },
    });
    await client.request('reboot', id, { type: 'HARD' });
    const task = await client.hostTasks.drain('host-1');
    const state = (holds: (now: HostTask) => boolean) =>
      eventually('the task of the host is as it should be', async () => holds(await client.hostTasks.get('host-1')));
    await state(({ running }) => running.length === 1);
    await client.hostTasks.pause('host-1', { reason: 'lunch' });
    await state(({ status }) => status === 'PAUSED');
    await letGo();
    await client.hostTasks.resume('host-1');
    await client.hostTasks.waitFor(task);
    await client.setMaintenance('host-1', false);
    return hostTaskWorkflowId('host-1', task.id);
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
  keyPairs: async (fleet) => {
    const pairs = fleet.client.keyPairs('id-of-mia');
    await pairs.import('laptop', ed25519Key.publicKey);
    await pairs.import('desktop', ed25519Key.publicKey);
    await pairs.import('laptop', ed25519Key.publicKey).catch(() => undefined);
    for (const { name } of await pairs.list()) await pairs.remove(name);
    const workflowId = keyPairsWorkflowId('id-of-mia');
    await fleet.temporal.workflow.getHandle(workflowId).result();
    return workflowId;
  },
  durations: async (fleet) => {
    await fleet.run('reboot', await instanceOn(fleet), { type: 'HARD' });
    const isThere = () => fleet.client.durations('reboot').then((known) => known !== null);
    await eventually('what tasks have taken is kept', isThere);
    return durationsWorkflowId;
  },
} satisfies Record<string, Scenario>;
