/** Delete works in every state, and leaves nothing on any host. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { expectNothingLeft } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

async function expectDeleted(instanceId: string, task: Task): Promise<void> {
  expect(await fleet.ended(task)).toMatchObject({ operation: 'delete', status: 'COMPLETED', fault: null });
  const record = await fleet.client.get(instanceId);
  expect(record).toMatchObject({ vmState: 'deleted', taskState: null, powerState: 'NOSTATE', residence: null });
  await expectNothingLeft(fleet, instanceId);
}

const remove = (instanceId: string) => fleet.client.submit('delete', instanceId, {});

/** An instance on host-1, after these operations. */
async function after(...operations: readonly ((id: string) => Promise<Task>)[]): Promise<string> {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  for (const operation of operations) expect((await operation(id)).status).toBe('COMPLETED');
  return id;
}
const resizeTo = (host: string) => (id: string) => fleet.run('resize', id, { flavor: 'm1.medium', host });
const stop = (id: string) => fleet.run('stop', id, {});

describe('delete of an instance that is', () => {
  const states: Record<string, () => Promise<string>> = {
    active: () => after(),
    stopped: () => after(stop),
    paused: () => after((id) => fleet.run('pause', id, {})),
    suspended: () => after((id) => fleet.run('suspend', id, {})),
    'resized, on another host': () => after(resizeTo('host-2')),
    'resized, on the same host': () => after(resizeTo('host-1')),
    'resized while it was stopped': () => after(stop, resizeTo('host-2')),
    'resized, reverted and resized again': () =>
      after(resizeTo('host-2'), (id) => fleet.run('revertResize', id, {}), resizeTo('host-2')),
  };
  test.each(Object.keys(states))('%s', async (state) => {
    const id = await states[state]!();
    await expectDeleted(id, await remove(id));
  });

  test('in error, for its create has failed', async () => {
    await fleet.hypervisors.misbehave({ unit: 'startGuest', misbehaviour: { kind: 'fail' } });
    const create = await fleet.ended(await fleet.client.create({ name: 'bad', flavor: 'm1.small', image: 'cirros' }));
    expect(create.status).toBe('FAILED');
    await expectDeleted(create.instanceId, await remove(create.instanceId));
  });

  test('in error, for no host had room', async () => {
    const flavor = { name: 'gigantic', vcpus: 10_000, memoryMb: 1, diskGb: 1 };
    const create = await fleet.ended(await fleet.client.create({ name: 'big', flavor, image: 'cirros' }));
    expect(create).toMatchObject({ status: 'FAILED', fault: { code: 'NO_VALID_HOST' } });
    await expectDeleted(create.instanceId, await remove(create.instanceId));
  });

  test('being built: what was made is taken back first', async () => {
    await fleet.hypervisors.misbehave({ unit: 'createDisk', misbehaviour: { kind: 'delay', duration: '10m' } });
    const create = await fleet.client.create({ name: 'unwanted', flavor: 'm1.small', image: 'cirros' });
    await fleet.untilInUnit(create.id, 'disk');
    await expectDeleted(create.instanceId, await remove(create.instanceId));
    expect(await fleet.ended(create)).toMatchObject({ status: 'ABORTED' });
  });
});

describe('delete while a task', () => {
  test('is paused', async () => {
    const id = await after();
    const letGo = await fleet.hypervisors.misbehave({ unit: 'shutDownGuest', misbehaviour: { kind: 'hang' } });
    const task = await fleet.client.submit('resize', id, { flavor: 'm1.medium', host: 'host-2' });
    await fleet.untilInUnit(task.id, 'shutDown');
    await fleet.client.pause(task.id);
    await letGo();
    await fleet.untilStatus(task.id, 'PAUSED');
    await expectDeleted(id, await remove(id));
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
  });

  test('is being rolled back', async () => {
    const id = await after();
    await fleet.hypervisors.misbehave({ unit: 'copyDisk', misbehaviour: { kind: 'fail', moment: 'after' } });
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'startGuest',
      direction: 'undo',
      misbehaviour: { kind: 'hang' },
    });
    const task = await fleet.client.submit('resize', id, { flavor: 'm1.medium', host: 'host-2' });
    await eventually('the roll-back', async () => (await fleet.client.task(task.id)).status === 'ROLLING_BACK');
    const deletion = await remove(id);
    await letGo();
    await expectDeleted(id, deletion);
    expect(await fleet.ended(task)).toMatchObject({ status: 'FAILED' });
  });

  test('fails beyond its point of no return', async () => {
    const id = await after(resizeTo('host-2'));
    await fleet.hypervisors.misbehave({
      unit: 'destroyGuest',
      host: 'host-1',
      instance: id,
      misbehaviour: { kind: 'fail' },
    });
    const confirm = await fleet.run('confirmResize', id, {});
    expect(confirm).toMatchObject({ status: 'COMPLETED' });
    await fleet.hypervisors.behave();
    const deletion = await remove(id);
    expect(await fleet.ended(deletion)).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'deleted' });
    // What the confirmation could not remove is still owed, until a worker of that host comes.
    expect(await fleet.hypervisors.debts(id)).toHaveLength(1);
    await fleet.worker('host-1').restart();
    await eventually('the debt is paid', async () => (await fleet.hypervisors.debts(id)).length === 0);
    await expectNothingLeft(fleet, id);
  });
});

describe('delete after a task that ended ROLLBACK_FAILED', () => {
  async function stuck(): Promise<string> {
    const id = await after();
    await fleet.hypervisors.misbehave({
      unit: 'copyDisk',
      instance: id,
      misbehaviour: { kind: 'fail', moment: 'after' },
    });
    await fleet.hypervisors.misbehave({
      unit: 'removeDisk',
      instance: id,
      direction: 'undo',
      misbehaviour: { kind: 'fail' },
    });
    const task = await fleet.run('resize', id, { flavor: 'm1.medium', host: 'host-2' });
    expect(task.status).toBe('ROLLBACK_FAILED');
    return id;
  }

  test('tidies up first, where the undo works again', async () => {
    const id = await stuck();
    await fleet.hypervisors.behave();
    await expectDeleted(id, await remove(id));
    expect((await fleet.client.tasks(id)).map(({ operation }) => operation)).toEqual([
      'create',
      'resize',
      'recover',
      'delete',
    ]);
  });

  test('does not wait for the undo that still fails: it is owed to its host, and paid when a worker comes', async () => {
    const id = await stuck();
    expect(await fleet.ended(await remove(id))).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'deleted', taskState: null });
    expect(await fleet.hypervisors.debts(id)).toMatchObject([{ unit: 'removeDisk' }]);
    expect(await fleet.hypervisors.claims(id)).toEqual([]);
    await fleet.hypervisors.behave();
    await fleet.worker('host-2').restart();
    await eventually('the debt is paid', async () => (await fleet.hypervisors.debts(id)).length === 0);
    await expectNothingLeft(fleet, id);
  });
});

test('a delete that fails can be asked for again', async () => {
  const id = await after();
  await fleet.hypervisors.misbehave({ unit: 'removeDisk', instance: id, misbehaviour: { kind: 'fail' } });
  const first = await fleet.run('delete', id, {});
  expect(first).toMatchObject({ status: 'FAILED', fault: { code: 'HYPERVISOR_ERROR', step: 'removeDisk' } });
  expect(await fleet.client.get(id)).toMatchObject({ vmState: 'error', taskState: null });
  await fleet.hypervisors.behave();
  await expectDeleted(id, await remove(id));
});

test('a retry of a delete that failed beyond its point of no return goes on where that one stopped', async () => {
  const id = await after();
  await fleet.hypervisors.misbehave({ unit: 'removeDisk', instance: id, misbehaviour: { kind: 'fail' } });
  const first = await fleet.run('delete', id, {});
  expect(first).toMatchObject({ status: 'FAILED', looseEnds: true });
  await fleet.hypervisors.behave();
  const second = await fleet.ended(await fleet.client.retry(first.id));
  expect(second).toMatchObject({ operation: 'recover', status: 'COMPLETED', recovers: [first.id] });
  expect(second.items.map(({ step }) => step)).not.toContain('destroy');
  expect(await fleet.client.get(id)).toMatchObject({ vmState: 'deleted' });
  await expectNothingLeft(fleet, id);
});

test('an instance that is deleted takes no more operations, and its tasks can still be read', async () => {
  const id = await after();
  await expectDeleted(id, await remove(id));
  await expect(fleet.client.submit('start', id, {})).rejects.toThrow();
  expect((await fleet.client.tasks(id)).map(({ operation }) => operation)).toEqual(['create', 'delete']);
});
