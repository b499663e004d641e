/** The source's worker is killed or frozen around the switch of a live migration: one guest comes out of it, and all is as it would have been. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import type { FleetProcess } from '../support/fleet-process.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { copying } from '../support/live-migrations.ts';
import { expectOneGuestThroughout } from '../support/single-guest.ts';

/** Heartbeats of 1.5 s, and ten for a worker to be back. */
const deadlineScale = 0.5;

const undisturbed = [
  'plug run: port bound',
  'prepareDisk run: disk prepared',
  'migrate run: guest expected',
  'migrate run: guest held',
  'migrate run: guest arrived',
  'migrate run: guest gone',
  'unplugOld run: port unbound',
  'removeOldDisk run: disk removed',
];

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ workersPerHost: 2 });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const workers = () => [0, 1].map((index) => fleet.worker('host-1', index));

async function expectAsIfNothingHadHappened(task: Task): Promise<void> {
  expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED', fault: null });
  expect(await fleet.hypervisors.effects(task)).toEqual(undisturbed);
  const { vmState, residence } = await expectRecordEqualsHypervisor(fleet, task.instanceId);
  expect({ vmState, host: residence?.host }).toEqual({ vmState: 'active', host: 'host-2' });
  await expectOneGuestThroughout(fleet, task.instanceId);
}

describe('kill -9 of the worker', () => {
  test('before the switch: another one carries the migration through', async () => {
    const { task } = await copying(fleet, { deadlineScale });
    const worker = await fleet.workerInUnit(task.id, 'migrate');
    await worker.kill();
    await expectAsIfNothingHadHappened(task);
    await worker.start();
  });

  test.each([
    ['when the guest is stopped and has not arrived', 'host-2', 'before'],
    ['when the guest has arrived and is not gone', 'host-2', 'after'],
    ['when all is done and not yet said', 'host-1', 'after'],
  ] as const)('%s: another one carries the migration through', async (_when, host, moment) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const misbehaviour = { kind: 'die', moment } as const;
    await fleet.hypervisors.misbehave({ unit: 'liveMigrateGuest', host, instance: id, misbehaviour });
    const task = await fleet.client.submit('liveMigrate', id, { host: 'host-2' }, { deadlineScale });
    const dead = await Promise.race(workers().map((worker) => worker.died().then(() => worker)));
    await expectAsIfNothingHadHappened(task);
    await dead.start();
  });

  test('while it aborts: another one carries the abort through', async () => {
    const { task, before } = await copying(fleet, { deadlineScale, dirtyRate: 10 });
    const misbehaviour = { kind: 'die', moment: 'after' } as const;
    await fleet.hypervisors.misbehave({ unit: 'abortLiveMigration', host: 'host-2', misbehaviour });
    await fleet.client.cancel(task.id);
    const dead = await Promise.race(workers().map((worker) => worker.died().then(() => worker)));
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
    expect(await expectRecordEqualsHypervisor(fleet, before.id)).toMatchObject({ residence: before.residence });
    await expectOneGuestThroughout(fleet, before.id);
    await dead.start();
  });
});

describe('a worker that was frozen while it copied', () => {
  /** Lets the frozen worker do what it has to do: alone on its host, it carries out one more operation. */
  async function thawAndProve(frozen: FleetProcess): Promise<void> {
    const other = workers().find((worker) => worker !== frozen);
    other?.freeze();
    frozen.thaw();
    await fleet.activeInstance({ host: 'host-1' }, { deadlineScale });
    other?.thaw();
  }

  async function frozenCopying() {
    const migration = await copying(fleet, { deadlineScale });
    const frozen = await fleet.workerInUnit(migration.task.id, 'migrate');
    frozen.freeze();
    return { ...migration, frozen };
  }

  test('changes nothing when it is thawed after another one has carried the migration through', async () => {
    const { task, frozen } = await frozenCopying();
    await expectAsIfNothingHadHappened(task);
    await thawAndProve(frozen);
    await expectAsIfNothingHadHappened(task);
  });

  test('changes nothing when it is thawed after an abort', async () => {
    const { task, before, frozen } = await frozenCopying();
    await fleet.client.cancel(task.id);
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
    await thawAndProve(frozen);
    expect(await expectRecordEqualsHypervisor(fleet, before.id)).toMatchObject({ residence: before.residence });
    expect(await fleet.hypervisors.effects(task)).not.toContain('migrate run: guest arrived');
    await expectOneGuestThroughout(fleet, before.id);
  });
});
