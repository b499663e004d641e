/** A host whose workers are all dead: nothing waits for it for ever, and what it owes is paid when it comes back. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { owed } from '../support/items.ts';

/** A second for a worker to take a unit. */
const deadlineScale = 0.05;
const dead = 'host-1';
const alive = 'host-2';

let fleet: Fleet;
/** Ends of operations that were asked for while the host was dead, but for the first: it was half done by then. */
let ends: Record<'resizeTo' | 'resizeAway' | 'reboot' | 'confirm' | 'delete' | 'createThere' | 'createAnywhere', Task>;
/** Was asked for while the host was dead, and had time to wait. */
let patient: Task;

beforeAll(async () => {
  fleet = await startFleet();
  const [toReboot, toResizeAway, toDelete, toConfirm, toWait] = await Promise.all(
    Array.from({ length: 5 }, () => fleet.activeInstance({ host: dead })),
  );
  await fleet.run('resize', toConfirm!.id, { flavor: 'm1.medium', host: alive });
  const resizeTo = await pausedResizeTo(dead);

  await fleet.worker(dead).kill();
  const probe = await fleet.run('reboot', toReboot!.id, { type: 'HARD' }, { deadlineScale });
  // Until it has been silent for a while it counts as busy.
  const reboot = await eventually('the host is found dead', async () => {
    if (probe.fault?.code === 'HOST_DOWN') return probe;
    const next = await fleet.run('reboot', toReboot!.id, { type: 'HARD' }, { deadlineScale });
    return next.fault?.code === 'HOST_DOWN' && next;
  });
  patient = await fleet.client.submit('reboot', toWait!.id, { type: 'HARD' }, { deadlineScale: 10 });
  await fleet.client.resume(resizeTo.id);
  const wanted = { name: 'new', flavor: 'm1.small', image: 'cirros' };
  const [end, away, confirm, remove, createThere, createAnywhere] = await Promise.all([
    fleet.ended(resizeTo),
    fleet.run('resize', toResizeAway!.id, { flavor: 'm1.medium', host: alive }, { deadlineScale }),
    fleet.run('confirmResize', toConfirm!.id, {}, { deadlineScale }),
    fleet.run('delete', toDelete!.id, {}, { deadlineScale }),
    fleet.client.create({ ...wanted, host: dead }).then((task) => fleet.ended(task)),
    fleet.client.create(wanted).then((task) => fleet.ended(task)),
  ]);
  ends = { resizeTo: end, resizeAway: away, reboot, confirm, delete: remove, createThere, createAnywhere };
});
afterAll(() => fleet.dispose());

/** A resize from the other host that is held before it copies the disk. */
async function pausedResizeTo(host: string): Promise<Task> {
  const { id } = await fleet.activeInstance({ host: alive });
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'shutDownGuest',
    instance: id,
    misbehaviour: { kind: 'hang' },
  });
  const task = await fleet.client.submit('resize', id, { flavor: 'm1.medium', host }, { deadlineScale: 0.2 });
  await fleet.untilInUnit(task.id, 'shutDown');
  await fleet.client.pause(task.id);
  await letGo();
  return fleet.untilStatus(task.id, 'PAUSED');
}

describe('while the host is dead', () => {
  test('an operation on its instance is FAILED with HOST_DOWN, and the instance is idle and as it was', async () => {
    expect(ends.reboot).toMatchObject({
      status: 'FAILED',
      fault: { code: 'HOST_DOWN', blame: 'host', retryable: true },
    });
    const [fault] = await fleet.client.faults(ends.reboot.instanceId);
    expect(fault).toMatchObject({ code: 'HOST_DOWN', taskId: ends.reboot.id });
    expect(await expectRecordEqualsHypervisor(fleet, ends.reboot.instanceId)).toMatchObject({ vmState: 'active' });
  });

  test('it is marked as down and grants no claims', async () => {
    const hosts = await fleet.client.hosts();
    expect(hosts.map(({ name, up, serving }) => ({ name, up, serving }))).toEqual([
      { name: dead, up: false, serving: false },
      { name: alive, up: true, serving: true },
    ]);
    expect(ends.createThere).toMatchObject({ status: 'FAILED', fault: { code: 'NO_VALID_HOST' } });
    expect(ends.createAnywhere.status).toBe('COMPLETED');
    const { residence } = await expectRecordEqualsHypervisor(fleet, ends.createAnywhere.instanceId);
    expect(residence?.host).toBe(alive);
  });

  test('a resize away from it fails, owes it what has to be taken back there, and leaks no claim', async () => {
    const { resizeAway } = ends;
    expect(resizeAway).toMatchObject({ status: 'FAILED', fault: { code: 'HOST_DOWN', step: 'shutDown' } });
    expect(owed(resizeAway)).toEqual([`undo shutDown on ${dead}`]);
    expect(await fleet.client.get(resizeAway.instanceId)).toMatchObject({ vmState: 'active', taskState: null });
    expect((await fleet.hypervisors.claims(resizeAway.instanceId)).map(({ host }) => host)).toEqual([dead]);
  });

  test('a resize to it that was half done is taken back where that can be done, and the guest runs again', async () => {
    const { resizeTo } = ends;
    expect(resizeTo).toMatchObject({ status: 'FAILED', fault: { code: 'HOST_DOWN', step: 'plug' } });
    expect(owed(resizeTo)).toEqual([`undo plug on ${dead}`, `undo copyDisk on ${dead}`]);
    expect(await fleet.client.get(resizeTo.instanceId)).toMatchObject({ vmState: 'active', taskState: null });
    expect((await fleet.hypervisors.claims(resizeTo.instanceId)).map(({ host }) => host)).toEqual([alive]);
  });

  test('what was left there by a resize is owed when the resize is confirmed', async () => {
    const { confirm } = ends;
    expect(confirm.status).toBe('COMPLETED');
    expect(owed(confirm)).toEqual([`run destroyOld on ${dead}`, `run removeOldDisk on ${dead}`]);
    expect(await fleet.client.get(confirm.instanceId)).toMatchObject({ vmState: 'active', pendingResize: null });
  });

  test('an instance on it is deleted all the same, and what is there of it is owed', async () => {
    const { delete: remove } = ends;
    expect(remove.status).toBe('COMPLETED');
    expect(owed(remove)).toEqual([`run destroy on ${dead}`, `run unplug on ${dead}`, `run removeDisk on ${dead}`]);
    expect(await fleet.client.get(remove.instanceId)).toMatchObject({ vmState: 'deleted', taskState: null });
    expect(await fleet.hypervisors.claims(remove.instanceId)).toEqual([]);
  });

  test('a task that has time waits for it', async () => {
    expect(await fleet.client.task(patient.id)).toMatchObject({ status: 'RUNNING', step: 'hardReboot' });
  });
});

describe('when a worker of the host is back', () => {
  beforeAll(async () => {
    await fleet.hypervisors.misbehave({ unit: 'destroyGuest', misbehaviour: { kind: 'delay', duration: '1s' } });
    await fleet.worker(dead).start();
    patient = await fleet.ended(patient);
  });

  test('a visible task pays all that the host owes', async () => {
    const { debts, settling } = await fleet.hypervisors.host(dead);
    expect(debts).toEqual([]);
    expect(settling).toBe(false);
    const tasks: string[] = [];
    for await (const { workflowId, status } of fleet.temporal.workflow.list({ query: `WorkflowType = 'payDebts'` })) {
      tasks.push(`${workflowId.replace(/[^/]+$/, 'ID')} ${status.name}`);
    }
    expect(tasks).toEqual([`host/${dead}/task/ID COMPLETED`]);
  });

  test('the debts are paid before the host serves: the task that waited comes after them', async () => {
    const paid = await Promise.all(
      [ends.delete, ends.confirm].map(async ({ id, instanceId }) =>
        (await fleet.hypervisors.journal(instanceId)).filter(({ key }) => key.startsWith(id)),
      ),
    );
    expect(paid.flat().map(({ effect }) => effect)).toEqual([
      'guest destroyed',
      'port unbound',
      'disk removed',
      'guest destroyed',
      'disk removed',
    ]);
    expect(patient.status).toBe('COMPLETED');
    const [reset] = (await fleet.hypervisors.journal(patient.instanceId)).slice(-1);
    expect(reset?.effect).toBe('guest reset');
    for (const { at } of paid.flat()) expect(Date.parse(at)).toBeLessThanOrEqual(Date.parse(reset!.at));
  });

  test('every record is what the hypervisors have', async () => {
    await expectNothingLeft(fleet, ends.delete.instanceId);
    for (const { instanceId } of [ends.reboot, ends.resizeAway, ends.resizeTo, ends.confirm, patient]) {
      expect(await expectRecordEqualsHypervisor(fleet, instanceId)).toMatchObject({ vmState: 'active' });
    }
  });

  test('it takes new instances again', async () => {
    expect(await fleet.hypervisors.host(dead)).toMatchObject({ up: true, serving: true });
    const { id } = await fleet.activeInstance({ host: dead });
    await expectRecordEqualsHypervisor(fleet, id);
  });
});

test('a host that was taken for dead because its worker was frozen serves again when that is thawed', async () => {
  const { id } = await fleet.activeInstance({ host: dead });
  fleet.worker(dead).freeze();
  await eventually('the host is found dead', async () => {
    const { fault } = await fleet.run('reboot', id, { type: 'HARD' }, { deadlineScale });
    return fault?.code === 'HOST_DOWN';
  });
  expect(await fleet.hypervisors.host(dead)).toMatchObject({ up: false, serving: false });
  expect(await fleet.run('delete', id, {}, { deadlineScale })).toMatchObject({ status: 'COMPLETED' });
  expect(await fleet.hypervisors.debts(id)).toHaveLength(3);
  fleet.worker(dead).thaw();
  await eventually('the host serves', async () => (await fleet.hypervisors.host(dead)).serving);
  await expectNothingLeft(fleet, id);
  await fleet.activeInstance({ host: dead });
});
