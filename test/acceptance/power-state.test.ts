/** A guest that stops, crashes or starts by itself: a visible task brings the record in line. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import type { PowerState } from '../../src/model/states.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ workersPerHost: 2, powerStateIntervalMs: 500 });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

type GuestPowerState = Exclude<PowerState, 'NOSTATE'>;

const instance = async (): Promise<string> => (await fleet.activeInstance({ host: 'host-1' })).id;
const operationsOf = async (id: string): Promise<string[]> =>
  (await fleet.client.tasks(id)).map(({ operation }) => operation);

/** The guest does something by itself. */
const becomes = (id: string, powerState: GuestPowerState): Promise<void> =>
  fleet.hypervisors.tamper('host-1', id, ({ guest }) => ({ guest: guest && { ...guest, powerState } }));

/** The newest task by which the record was brought in line, once there are so many. */
async function synced(id: string, times = 1): Promise<Task> {
  const task = await eventually(`the record of ${id} is brought in line`, async () => {
    const tasks = (await fleet.client.tasks(id)).filter(({ operation }) => operation === 'syncPowerState');
    return tasks[times - 1];
  });
  return fleet.ended(task);
}

describe('a guest that by itself', () => {
  test.each<[GuestPowerState, object]>([
    ['SHUTDOWN', { vmState: 'stopped', powerState: 'SHUTDOWN' }],
    ['CRASHED', { vmState: 'error', powerState: 'CRASHED' }],
    ['PAUSED', { vmState: 'paused', powerState: 'PAUSED' }],
  ])('becomes %s is so in the record, by a task of the platform and without a fault', async (powerState, record) => {
    const id = await instance();
    await becomes(id, powerState);
    expect(await synced(id)).toMatchObject({
      status: 'COMPLETED',
      actor: 'system',
      reason: `the guest was found to be ${powerState}`,
      fault: null,
      items: [{ unit: 'inspectGuest', state: 'COMPLETED' }],
    });
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject(record);
    expect(await fleet.client.faults(id)).toEqual([]);
    expect((await fleet.client.instanceActions(id))[0]).toMatchObject({ action: 'syncPowerState', message: null });
  });

  test('starts although it was stopped is active: the hypervisor is right', async () => {
    const id = await instance();
    await fleet.run('stop', id, {});
    await becomes(id, 'RUNNING');
    await synced(id);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('crashes can be stopped and started again', async () => {
    const id = await instance();
    await becomes(id, 'CRASHED');
    await synced(id);
    expect(await fleet.run('stop', id, {})).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.run('start', id, {})).toMatchObject({ status: 'COMPLETED' });
    await becomes(id, 'CRASHED');
    await synced(id, 2);
    expect(await fleet.run('reboot', id, { type: 'HARD' })).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('vanishes leaves its instance in error', async () => {
    const id = await instance();
    await becomes(id, 'SHUTDOWN');
    await synced(id);
    await fleet.hypervisors.tamper('host-1', id, () => ({ guest: null }));
    await synced(id, 2);
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'error', powerState: 'NOSTATE' });
  });

  test('stops while no worker of its host looks is noticed when one comes back', async () => {
    const id = await instance();
    const workers = [fleet.worker('host-1', 0), fleet.worker('host-1', 1)];
    for (const worker of workers) await worker.kill();
    await becomes(id, 'SHUTDOWN');
    for (const worker of workers) await worker.start();
    await synced(id);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'stopped' });
  });

  test('stops although its instance is locked is so in the record', async () => {
    const id = await instance();
    await fleet.run('lock', id, {});
    await becomes(id, 'SHUTDOWN');
    await synced(id);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({
      vmState: 'stopped',
      locked: { by: 'alice' },
    });
  });
});

test('an instance that waits for a decision keeps its state, and says what its guest does', async () => {
  const [rescued, resized] = [await instance(), await instance()];
  await fleet.run('rescue', rescued, {});
  await fleet.run('resize', resized, { flavor: 'm1.medium', host: 'host-1' });
  await Promise.all([becomes(rescued, 'SHUTDOWN'), becomes(resized, 'CRASHED')]);
  await Promise.all([synced(rescued), synced(resized)]);
  expect(await fleet.client.get(rescued)).toMatchObject({ vmState: 'rescued', powerState: 'SHUTDOWN' });
  expect(await fleet.client.get(resized)).toMatchObject({ vmState: 'resized', powerState: 'CRASHED' });
  expect(await fleet.run('revertResize', resized, {})).toMatchObject({ status: 'COMPLETED' });
  expect(await expectRecordEqualsHypervisor(fleet, resized)).toMatchObject({ vmState: 'active' });
  expect(await fleet.run('unrescue', rescued, {})).toMatchObject({ status: 'COMPLETED' });
  expect(await expectRecordEqualsHypervisor(fleet, rescued)).toMatchObject({ vmState: 'active' });
});

test('what tasks do to guests, however long they take, is no news', async () => {
  const ids = await Promise.all(Array.from({ length: 5 }, instance));
  const [stopped, paused, suspended, deleted, moving] = ids as [string, string, string, string, string];
  await fleet.run('stop', stopped, {});
  await fleet.run('pause', paused, {});
  await fleet.run('suspend', suspended, {});
  await fleet.run('softDelete', deleted, {});
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'copyDisk',
    instance: moving,
    misbehaviour: { kind: 'hang' },
  });
  const task = await fleet.client.submit(
    'resize',
    moving,
    { flavor: 'm1.medium', host: 'host-2' },
    { deadlineScale: 10 },
  );
  await fleet.untilInUnit(task.id, 'copyDisk');
  // One that is told of after them: by then they have been looked at as well.
  const witness = await instance();
  await becomes(witness, 'SHUTDOWN');
  await synced(witness);
  await letGo();
  await fleet.ended(task);
  await becomes(witness, 'RUNNING');
  await synced(witness, 2);
  for (const id of ids) {
    expect(await operationsOf(id)).not.toContain('syncPowerState');
    await expectRecordEqualsHypervisor(fleet, id);
  }
});

test('a task that is asked for while the platform looks waits for its turn', async () => {
  const id = await instance();
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'inspectGuest',
    instance: id,
    misbehaviour: { kind: 'hang' },
  });
  const looking = await fleet.client.submit('syncPowerState', id, {});
  const stop = await fleet.client.submit('stop', id, {});
  expect(stop.status).toBe('QUEUED');
  await letGo();
  expect(await fleet.ended(looking)).toMatchObject({ status: 'COMPLETED' });
  expect(await fleet.ended(stop)).toMatchObject({ status: 'COMPLETED' });
});
