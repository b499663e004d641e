/** What is softly deleted is put aside with all that it has, and comes back as what it was. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { NotAllowedInStateError } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const instance = async (): Promise<string> => (await fleet.activeInstance({ host: 'host-1' })).id;
const done = { status: 'COMPLETED', fault: null };

async function softlyDeleted(id: string): Promise<string> {
  expect(await fleet.run('softDelete', id, {})).toMatchObject(done);
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'soft-delete', taskState: null });
  return id;
}

describe('an instance that is softly deleted and restored', () => {
  const befores: Record<string, { readonly prepare: (id: string) => Promise<unknown>; readonly after: object }> = {
    active: { prepare: async () => undefined, after: { vmState: 'active', powerState: 'RUNNING' } },
    stopped: { prepare: (id) => fleet.run('stop', id, {}), after: { vmState: 'stopped', powerState: 'SHUTDOWN' } },
    paused: { prepare: (id) => fleet.run('pause', id, {}), after: { vmState: 'active', powerState: 'RUNNING' } },
    suspended: {
      prepare: (id) => fleet.run('suspend', id, {}),
      after: { vmState: 'suspended', powerState: 'SUSPENDED' },
    },
    rescued: { prepare: (id) => fleet.run('rescue', id, {}), after: { vmState: 'rescued', powerState: 'RUNNING' } },
    resized: {
      prepare: (id) => fleet.run('resize', id, { flavor: 'm1.medium', host: 'host-2' }),
      after: { vmState: 'resized', powerState: 'RUNNING' },
    },
  };
  test.each(Object.entries(befores))('when it was %s, is that again, and nothing runs meanwhile', async (_, given) => {
    const id = await instance();
    await given.prepare(id);
    await softlyDeleted(id);
    expect((await fleet.client.get(id)).powerState).not.toBe('RUNNING');
    expect(await fleet.run('restore', id, {})).toMatchObject(done);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ ...given.after, softDeletion: null });
  });
});

test('a softly deleted instance is listed with its state, and takes nothing that changes it', async () => {
  const id = await softlyDeleted(await instance());
  await expect(fleet.client.submit('start', id, {})).rejects.toThrow(NotAllowedInStateError);
  await expect(fleet.client.submit('softDelete', id, {})).rejects.toThrow(NotAllowedInStateError);
  const { rows } = await fleet.client.list({ vmState: 'soft-delete' });
  expect(rows.map((row) => row.id)).toContain(id);
});

test.each(['delete', 'forceDelete'] as const)('%s ends what is softly deleted', async (operation) => {
  const id = await softlyDeleted(await instance());
  expect(await fleet.run(operation, id, {})).toMatchObject(done);
  await expectNothingLeft(fleet, id);
});

test('a second deletion of either kind is the one that runs', async () => {
  const id = await instance();
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'destroyGuest',
    instance: id,
    misbehaviour: { kind: 'hang' },
  });
  const running = await fleet.client.submit('forceDelete', id, {});
  await fleet.untilInUnit(running.id, 'destroy');
  expect((await fleet.client.submit('delete', id, {})).id).toBe(running.id);
  await letGo();
  expect(await fleet.ended(running)).toMatchObject(done);
  await expectNothingLeft(fleet, id);
});

test('a soft delete that is cancelled, or fails, leaves the instance running', async () => {
  const id = await instance();
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'shutDownGuest',
    instance: id,
    misbehaviour: { kind: 'delay', duration: '1m' },
  });
  const task = await fleet.client.submit('softDelete', id, {});
  await fleet.untilInUnit(task.id, 'shutDown');
  await fleet.client.cancel(task.id);
  expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
  await letGo();
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });

  await fleet.hypervisors.misbehave({
    unit: 'shutDownGuest',
    instance: id,
    misbehaviour: { kind: 'fail', moment: 'after' },
  });
  expect(await fleet.run('softDelete', id, {})).toMatchObject({ status: 'FAILED' });
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active', powerState: 'RUNNING' });
});

test('a restore that fails leaves the instance softly deleted', async () => {
  const id = await softlyDeleted(await instance());
  await fleet.hypervisors.misbehave({
    unit: 'startGuest',
    instance: id,
    direction: 'run',
    misbehaviour: { kind: 'fail', moment: 'after' },
  });
  expect(await fleet.run('restore', id, {})).toMatchObject({ status: 'FAILED' });
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({
    vmState: 'soft-delete',
    powerState: 'SHUTDOWN',
  });
  await fleet.hypervisors.behave();
  expect(await fleet.run('restore', id, {})).toMatchObject(done);
  expect(await fleet.client.get(id)).toMatchObject({ vmState: 'active', powerState: 'RUNNING' });
});

test('what has never run cannot be put aside', async () => {
  await fleet.hypervisors.misbehave({ unit: 'startGuest', misbehaviour: { kind: 'fail' } });
  const create = await fleet.ended(await fleet.client.create({ name: 'bad', flavor: 'm1.small', image: 'cirros' }));
  const refused = fleet.client.submit('softDelete', create.instanceId, {});
  await expect(refused).rejects.toThrow('it has never run, so there is nothing to bring back; delete it');
});

describe('what is to be reclaimed', () => {
  const reclaim = async (id: string) =>
    fleet.ended(
      await eventually('a deletion', async () =>
        (await fleet.client.tasks(id)).find(({ operation }) => operation === 'forceDelete'),
      ),
    );

  test('is deleted for good when its time has come, by a task of the platform', async () => {
    const id = await instance();
    await fleet.run('softDelete', id, { reclaimAfterSeconds: 2 });
    expect(await fleet.client.get(id)).toMatchObject({ followUp: { operation: 'forceDelete' } });
    expect(await reclaim(id)).toMatchObject({ ...done, actor: 'system', reason: '2 s after softDelete' });
    await expectNothingLeft(fleet, id);
  });

  test('is not, once it has been restored', async () => {
    const id = await instance();
    await fleet.run('softDelete', id, { reclaimAfterSeconds: 3_600 });
    expect(await fleet.run('restore', id, {})).toMatchObject(done);
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'active', followUp: null });
  });

  test('is not while it is locked: the deletion has failed, and says so', async () => {
    const id = await instance();
    await fleet.run('softDelete', id, { reclaimAfterSeconds: 5 });
    await fleet.run('lock', id, { reason: 'still needed' });
    expect(await reclaim(id)).toMatchObject({ status: 'FAILED', fault: { code: 'LOCKED' } });
    await fleet.run('unlock', id, {});
    expect(await fleet.run('restore', id, {})).toMatchObject(done);
  });
});
