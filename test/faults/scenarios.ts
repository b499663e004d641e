/** How each fault comes about: a fault that nothing raises is a promise to nobody, so a code without an entry here does not compile. */
import type { FaultCode } from '../../src/model/fault.ts';
import { taskWorkflowId } from '../../src/model/task.ts';
import type { NewFaultRule } from '../../activities/drivers/simulated/fault-rules.ts';
import { InstanceTasks, SecretKeys, type Task } from '../../src/client/index.ts';
import { eventually } from '../support/eventually.ts';
import type { Fleet } from '../support/fleet.ts';

/** Has a task fail in that way on host-1, and returns it as it ended. */
type Scenario = (fleet: Fleet) => Promise<Task>;

/** Three seconds for a step of a minute; heartbeats of a second and a half. */
const deadlineScale = 0.05;
/** As many units as a worker takes at once. */
const slots = 50;

/** A pause of a running instance whose unit misbehaves. */
const pauseThat =
  (misbehaviour: NewFaultRule['misbehaviour']): Scenario =>
  async (fleet) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await fleet.hypervisors.misbehave({ unit: 'pauseGuest', instance: id, misbehaviour });
    return fleet.run('pause', id, {}, { deadlineScale });
  };

/** Something is done to the instance on its hypervisor, behind the back of the platform; then it is asked to do that. */
const startAfter =
  (tamper: (fleet: Fleet, instanceId: string) => Promise<void>): Scenario =>
  async (fleet) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await fleet.run('stop', id, {});
    await tamper(fleet, id);
    return fleet.run('start', id, {});
  };

/** An instance that has a volume of 10 GB of its own. */
async function instanceWithVolume(fleet: Fleet): Promise<{ readonly id: string; readonly volume: string }> {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const volume = `volume-of-${id}`;
  await fleet.hypervisors.makeVolume(volume);
  await fleet.run('attachVolume', id, { volume });
  return { id, volume };
}

export const scenarios: Readonly<Record<FaultCode, Scenario>> = {
  NO_VALID_HOST: async (fleet) => fleet.ended(await fleet.client.create({ ...anything, host: 'host-9' })),
  NOT_ALLOWED_IN_STATE: async (fleet) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'powerOffGuest',
      instance: id,
      misbehaviour: { kind: 'hang' },
    });
    await fleet.client.submit('stop', id, { shutdownTimeoutSeconds: 0 });
    const waiting = await fleet.client.submit('pause', id, {}, { queue: true });
    await letGo();
    return fleet.ended(waiting);
  },
  LOCKED: async (fleet) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'hardRebootGuest',
      instance: id,
      misbehaviour: { kind: 'hang' },
    });
    await fleet.client.submit('reboot', id, { type: 'HARD' });
    const waiting = await fleet.client.submit('pause', id, {}, { queue: true });
    await fleet.run('lock', id, {});
    await letGo();
    return fleet.ended(waiting);
  },
  PRECEDING_TASK_FAILED: async (fleet) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const preceding = await fleet.client.submit('stop', id, {}, { startAt: '1h' });
    const waiting = await fleet.client.submit('pause', id, {}, { after: preceding.id });
    await fleet.client.cancel(preceding.id);
    return fleet.ended(waiting);
  },
  GUEST_NOT_FOUND: startAfter(({ hypervisors }, id) => hypervisors.tamper('host-1', id, () => ({ guest: null }))),
  DISK_NOT_FOUND: startAfter(({ hypervisors }, id) => hypervisors.tamper('host-1', id, () => ({ disks: {} }))),
  IMAGE_NOT_FOUND: async (fleet) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const upload = await fleet.run('createImage', id, { name: 'golden' });
    await fleet.hypervisors.removeImage(upload.id);
    return fleet.run('rebuild', id, { image: upload.id });
  },
  VOLUME_NOT_FOUND: async (fleet) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    return fleet.run('attachVolume', id, { volume: 'nothing' });
  },
  VOLUME_IN_USE: async (fleet) => {
    const { volume } = await instanceWithVolume(fleet);
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    return fleet.run('attachVolume', id, { volume });
  },
  VOLUME_TOO_SMALL: async (fleet) => {
    const { id, volume } = await instanceWithVolume(fleet);
    await fleet.hypervisors.makeVolume(`small-${id}`, 1);
    return fleet.run('swapVolume', id, { volume, toVolume: `small-${id}` });
  },
  GUEST_UNRESPONSIVE: async (fleet) => {
    const { id, volume } = await instanceWithVolume(fleet);
    await fleet.hypervisors.misbehave({ unit: 'plugVolumes', instance: id, misbehaviour: { kind: 'ignore' } });
    return fleet.run('detachVolume', id, { volume });
  },
  SECRET_KEY_UNKNOWN: async (fleet) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const secretKeys = SecretKeys.parse(SecretKeys.generate('of-nobody'));
    const client = new InstanceTasks(fleet.temporal, { secretKeys });
    return fleet.ended(await client.submit('changePassword', id, { adminPass: 'correct horse' }));
  },
  GUEST_STATE_CONFLICT: startAfter(({ hypervisors }, id) =>
    hypervisors.tamper('host-1', id, ({ guest }) => ({ guest: guest && { ...guest, powerState: 'PAUSED' } })),
  ),
  HYPERVISOR_ERROR: pauseThat({ kind: 'fail' }),
  HOST_OUT_OF_SPACE: pauseThat({ kind: 'fail', fault: 'HOST_OUT_OF_SPACE' }),
  HOST_OUT_OF_MEMORY: pauseThat({ kind: 'fail', fault: 'HOST_OUT_OF_MEMORY' }),
  HYPERVISOR_UNREACHABLE: pauseThat({ kind: 'failTimes', times: 10_000 }),
  HOST_UNRESPONSIVE: pauseThat({ kind: 'hang' }),
  DEADLINE_EXCEEDED: pauseThat({ kind: 'delay', duration: '10m' }),
  HOST_DOWN: async (fleet) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const worker = fleet.worker('host-1');
    await worker.kill();
    // Until the server has missed it for long enough.
    const task = await eventually('the host counts as down', async () => {
      const ended = await fleet.run('pause', id, {}, { deadlineScale });
      return ended.fault?.code === 'HOST_BUSY' ? undefined : ended;
    });
    await worker.start();
    return task;
  },
  HOST_FENCED: async (fleet) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await fleet.worker('host-1').kill();
    await fleet.client.fenceHost('host-1', { force: true });
    const task = await fleet.run('pause', id, {});
    await fleet.worker('host-1').start();
    return task;
  },
  HOST_NOT_FENCED: async (fleet) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const misbehaviour = { kind: 'delay', duration: '1h' } as const;
    const letGo = await fleet.hypervisors.misbehave({ unit: 'createDisk', instance: id, misbehaviour });
    await fleet.worker('host-1').kill();
    await fleet.client.fenceHost('host-1', { force: true });
    const task = await fleet.client.submit('evacuate', id, {});
    await fleet.untilInUnit(task.id, 'disk');
    await fleet.worker('host-1').start();
    await letGo();
    return fleet.ended(task);
  },
  HOST_BUSY: async (fleet) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const letGo = await fleet.hypervisors.misbehave({ unit: 'plugNetwork', misbehaviour: { kind: 'hang' } });
    const many = Array.from({ length: slots }, () => fleet.client.create({ ...anything, host: 'host-1' }));
    for (const task of await Promise.all(many)) await fleet.untilInUnit(task.id, 'network');
    const task = await fleet.run('pause', id, {}, { deadlineScale });
    await letGo();
    for (const { id: created } of await Promise.all(many)) await fleet.ended(created);
    return task;
  },
  STALE_ATTEMPT: startAfter(({ hypervisors }, id) =>
    hypervisors.tamper('host-1', id, () => ({}), { generation: 1_000_000 }),
  ),
  TASK_TERMINATED: async (fleet) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await fleet.hypervisors.misbehave({ unit: 'pauseGuest', instance: id, misbehaviour: { kind: 'hang' } });
    const task = await fleet.client.submit('pause', id, {});
    await fleet.untilInUnit(task.id, 'freeze');
    await fleet.temporal.workflow.getHandle(taskWorkflowId(task.id)).terminate('a test');
    return fleet.ended(task);
  },
  INTERNAL_ERROR: startAfter(({ hypervisors }, id) => hypervisors.corrupt('host-1', id)),
};

const anything = { name: 'anything', flavor: 'm1.tiny', image: 'cirros' } as const;
