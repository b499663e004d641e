/** A live migration takes an instance to another host while it runs; it shows how far it is, and can be stopped or forced. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { NotAllowedInStateError, TaskVerbRefusedError, type InstanceRecord } from '../../src/client/index.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { copying } from '../support/live-migrations.ts';
import { expectOneGuestThroughout } from '../support/single-guest.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1', 'host-2'] });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

async function expectStillAtHome(before: InstanceRecord): Promise<void> {
  const { vmState, residence } = await expectRecordEqualsHypervisor(fleet, before.id);
  expect({ vmState, residence }).toEqual({ vmState: before.vmState, residence: before.residence });
  await expectOneGuestThroughout(fleet, before.id);
}

const guestOf = async (id: string) => {
  const journal = await fleet.hypervisors.journal(id);
  return journal.findLast(({ state }) => state.guest?.powerState === 'RUNNING')?.state.guest;
};

describe('a live migration', () => {
  test('takes a running instance to another host, without a boot', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const [contents] = Object.values(await fleet.hypervisors.contents(id));
    const guest = await guestOf(id);
    const task = await fleet.run('liveMigrate', id, {});
    expect(task).toMatchObject({ status: 'COMPLETED', fault: null });
    const { vmState, residence } = await expectRecordEqualsHypervisor(fleet, id);
    expect({ vmState, host: residence?.host }).toEqual({ vmState: 'active', host: 'host-2' });
    expect(Object.values(await fleet.hypervisors.contents(id))).toEqual([contents]);
    expect(await guestOf(id)).toEqual({ ...guest, disk: residence?.disk });
    expect(await fleet.hypervisors.effects(task)).toEqual([
      'plug run: port bound',
      'prepareDisk run: disk prepared',
      'migrate run: guest expected',
      'migrate run: guest held',
      'migrate run: guest arrived',
      'migrate run: guest gone',
      'unplugOld run: port unbound',
      'removeOldDisk run: disk removed',
    ]);
    await expectOneGuestThroughout(fleet, id);
  });

  test('takes a paused instance, which stays paused', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-2' });
    await fleet.run('pause', id, {});
    expect(await fleet.run('liveMigrate', id, { host: 'host-1' })).toMatchObject({ status: 'COMPLETED' });
    const { vmState, residence } = await expectRecordEqualsHypervisor(fleet, id);
    expect({ vmState, host: residence?.host }).toEqual({ vmState: 'paused', host: 'host-1' });
    expect(await fleet.run('unpause', id, {})).toMatchObject({ status: 'COMPLETED' });
  });
});

describe('a live migration of an instance with a volume and a further interface', () => {
  async function attach({ id }: InstanceRecord): Promise<void> {
    const volume = `data-${id}`;
    await fleet.hypervisors.makeVolume(volume);
    expect(await fleet.run('attachVolume', id, { volume })).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.run('attachInterface', id, { network: 'private' })).toMatchObject({ status: 'COMPLETED' });
  }

  test('takes both along', async () => {
    const before = await fleet.activeInstance({ host: 'host-1' });
    await attach(before);
    expect(await fleet.run('liveMigrate', before.id, {})).toMatchObject({ status: 'COMPLETED' });
    const { residence, volumes, interfaces } = await expectRecordEqualsHypervisor(fleet, before.id);
    expect({ host: residence?.host, volumes, interfaces }).toMatchObject({
      host: 'host-2',
      volumes: [{ volume: `data-${before.id}` }],
      interfaces: [{ network: 'private' }],
    });
    await expectOneGuestThroughout(fleet, before.id);
  });

  test('leaves both where they are when it is cancelled', async () => {
    const { task, before } = await copying(fleet, { dirtyRate: 10, prepare: attach });
    await fleet.client.cancel(task.id);
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
    await expectStillAtHome(before);
    expect(await fleet.client.get(before.id)).toMatchObject({ volumes: [{}], interfaces: [{}] });
  });
});

describe('a live migration under way', () => {
  test('shows how much of the memory has been copied, never less than before', async () => {
    const { task, before } = await copying(fleet);
    const seen: number[] = [];
    for await (const change of fleet.client.watch(task, { progressEveryMs: 200 })) {
      if (change.kind === 'progress' && change.step === 'migrate') seen.push(change.share);
    }
    expect(seen.filter((share) => share > 0 && share < 1).length).toBeGreaterThan(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, before.id)).toMatchObject({ residence: { host: 'host-2' } });
  });

  test('is stopped by a cancel, and the instance runs on where it was', async () => {
    const { task, before } = await copying(fleet, { dirtyRate: 10 });
    await fleet.client.cancel(task.id, { actor: 'bob', reason: 'not today' });
    const ended = await fleet.ended(task);
    expect(ended).toMatchObject({ status: 'ABORTED', notes: [{ verb: 'cancel', actor: 'bob', refusal: null }] });
    expect(await fleet.hypervisors.effects(ended)).toEqual([
      'plug run: port bound',
      'prepareDisk run: disk prepared',
      'migrate run: guest expected',
      'migrate undo: guest turned away',
      'prepareDisk undo: disk removed',
      'plug undo: port unbound',
    ]);
    await expectStillAtHome(before);
  });

  test('is stopped by a cancel also when it has been forced, and the guest goes on', async () => {
    const { task, before } = await copying(fleet, { dirtyRate: 10 });
    await fleet.client.forceComplete(task.id);
    await eventually('the guest is held', async () =>
      (await fleet.hypervisors.effects(task)).includes('migrate run: guest held'),
    );
    await fleet.client.cancel(task.id);
    const ended = await fleet.ended(task);
    expect(ended).toMatchObject({ status: 'ABORTED' });
    expect(await fleet.hypervisors.effects(ended)).toContain('migrate undo: guest goes on');
    await expectStillAtHome(before);
  });

  test('of a guest that writes faster than is copied is forced to complete', async () => {
    const { task, before } = await copying(fleet, { dirtyRate: 10 });
    const who = { actor: 'bob', reason: 'the host goes down tonight' };
    const told = await fleet.client.forceComplete(task.id, who);
    expect(told.verbs).toContain('forceComplete');
    await fleet.client.forceComplete(task.id, who);
    const ended = await fleet.ended(task);
    expect(ended).toMatchObject({ status: 'COMPLETED', notes: [{ verb: 'forceComplete', ...who, refusal: null }, {}] });
    expect(ended.items.filter(({ direction }) => direction === 'force')).toMatchObject([
      { step: 'migrate', unit: 'forceCompleteLiveMigration', state: 'COMPLETED', host: 'host-1' },
    ]);
    const { events } = await fleet.client.instanceAction(before.id, ended.requestId);
    expect(events.map(({ event }) => event)).toContain('compute_live_migration_force_complete');
    expect(await expectRecordEqualsHypervisor(fleet, before.id)).toMatchObject({ residence: { host: 'host-2' } });
    await expectOneGuestThroughout(fleet, before.id);
  });
});

describe('what is refused', () => {
  test('is a force-complete of what copies no memory', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'plugNetwork',
      instance: id,
      misbehaviour: { kind: 'hang' },
    });
    const task = await fleet.client.submit('liveMigrate', id, {});
    await fleet.untilInUnit(task.id, 'plug');
    const refused = fleet.client.forceComplete(task.id);
    await expect(refused).rejects.toThrow(TaskVerbRefusedError);
    await expect(refused).rejects.toThrow('only a live migration that is copying memory can be forced to complete');
    await letGo();
    await fleet.ended(task);
    await expect(fleet.client.forceComplete(task.id)).rejects.toThrow('the task has ended: it is COMPLETED');
  });

  test('is a cancel after the switch', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'destroyGuest',
      instance: id,
      misbehaviour: { kind: 'hang' },
    });
    const task = await fleet.client.submit('liveMigrate', id, {});
    await fleet.untilInUnit(task.id, 'destroyOld');
    await expect(fleet.client.cancel(task.id)).rejects.toThrow('past its point of no return, the step migrate');
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
  });

  test('is a live migration to where the instance is, and of one that is off', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await expect(fleet.client.submit('liveMigrate', id, { host: 'host-1' })).rejects.toThrow('is on host-1 already');
    await fleet.run('stop', id, {});
    await expect(fleet.client.submit('liveMigrate', id, {})).rejects.toThrow(NotAllowedInStateError);
  });
});
