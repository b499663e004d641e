/** A simulated live migration writes two journals: however its deliveries are mixed with an abort, one guest comes out of it. */
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clearFaultRules, setFaultRule, type NewFaultRule } from '../../activities/drivers/simulated/fault-rules.ts';
import { readJournal } from '../../activities/drivers/simulated/reading.ts';
import { momentsWithoutOneGuest } from '../support/single-guest.ts';
import { data, further } from './conformance/scene.ts';
import { deliver, disk, machine, TaskUnits } from './deliveries.ts';
import { effectsOf, simulatedFleet, type SimulatedFleet } from './simulated-fleet.ts';

const migration = { disk: 'root', toHost: 'beta', toDisk: 'copy' };

let fleet: SimulatedFleet;
beforeEach(async () => {
  fleet = await simulatedFleet();
});
afterEach(() => fleet.dispose());

const volumeOf = (instanceId: string): string => `volume-of-${instanceId}`;

/** An instance that runs on alpha, for which all is ready on beta. */
async function ready() {
  const units = new TaskUnits();
  const alpha = fleet.driver('alpha');
  await alpha.createDisk(disk, deliver(units.next()));
  const volume = volumeOf(units.instanceId);
  await fleet.makeVolume(volume, 10);
  await alpha.reserveVolume({ volume }, deliver(units.next()));
  const volumes = [{ ...data, volume }];
  await alpha.defineGuest({ ...machine, volumes, interfaces: [further] }, deliver(units.next()));
  await alpha.startGuest({}, deliver(units.next()));
  await fleet.driver('beta').prepareDisk({ ...disk, disk: 'copy' }, deliver(units.next()));
  const run = units.next('migrate');
  return { id: units.instanceId, alpha, run, undo: units.next('migrate', 'undo') };
}

const expectOneGuest = async (id: string) =>
  expect(momentsWithoutOneGuest(await readJournal(fleet.root, undefined, id))).toEqual([]);
const powerStates = async (id: string) => ({
  alpha: (await fleet.look('alpha', id)).powerState,
  beta: (await fleet.look('beta', id)).powerState,
});
/** The migration fails at the destination, before the guest arrives there or after it. */
const failAtDestination = (moment: 'before' | 'after'): Promise<unknown> => {
  const rule: NewFaultRule = { host: 'beta', unit: 'liveMigrateGuest', misbehaviour: { kind: 'fail', moment } };
  return setFaultRule(fleet.root, rule, []);
};
const leftAt = async (moment: 'before' | 'after') => {
  const subject = await ready();
  await failAtDestination(moment);
  const attempt = subject.alpha.liveMigrateGuest(migration, deliver(subject.run));
  await expect(attempt).rejects.toMatchObject({ code: 'HYPERVISOR_ERROR' });
  await clearFaultRules(fleet.root);
  return subject;
};

test('left between the stop at the source and the arrival, the guest runs nowhere, and a later attempt lets it arrive', async () => {
  const { id, alpha, run } = await leftAt('before');
  expect(await powerStates(id)).toEqual({ alpha: 'PAUSED', beta: 'PAUSED' });
  await expect(alpha.liveMigrateGuest(migration, deliver(run, 2))).resolves.toEqual({ powerState: 'RUNNING' });
  expect(await powerStates(id)).toEqual({ alpha: 'NOSTATE', beta: 'RUNNING' });
  await expectOneGuest(id);
});

test('left between the stop at the source and the arrival, an abort has the guest go on, and shuts the migration out', async () => {
  const { id, alpha, run, undo } = await leftAt('before');
  const report = { arrived: false, powerState: 'RUNNING' };
  await expect(alpha.abortLiveMigration(migration, deliver(undo))).resolves.toEqual(report);
  for (const attempt of [1, 2]) {
    const late = alpha.liveMigrateGuest(migration, deliver(run, attempt));
    await expect(late).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
  }
  expect(await powerStates(id)).toEqual({ alpha: 'RUNNING', beta: 'NOSTATE' });
  expect(await effectsOf(fleet.root, undo)).toEqual(['guest turned away', 'guest goes on']);
  expect(await fleet.look('alpha', id)).toMatchObject({
    plugged: { [volumeOf(id)]: data.device },
    guestPorts: [further.port],
  });
  expect(await fleet.look('beta', id)).toMatchObject({ plugged: {}, guestPorts: [] });
  await expectOneGuest(id);
});

test('after the switch, whose answer was lost, an abort changes nothing and says where the guest is', async () => {
  const { id, alpha, undo } = await leftAt('after');
  const report = { arrived: true, powerState: 'RUNNING' };
  for (const attempt of [1, 2]) {
    await expect(alpha.abortLiveMigration(migration, deliver(undo, attempt))).resolves.toEqual(report);
  }
  expect(await powerStates(id)).toEqual({ alpha: 'PAUSED', beta: 'RUNNING' });
  await alpha.destroyGuest({}, deliver({ ...undo, sequence: undo.sequence + 1, step: 'destroyOld' }));
  await expectOneGuest(id);
});

test('an abort that was left half done is carried through by its next attempt', async () => {
  const { id, alpha, undo } = await leftAt('before');
  const rule: NewFaultRule = {
    host: 'beta',
    unit: 'abortLiveMigration',
    misbehaviour: { kind: 'fail', moment: 'after' },
  };
  await setFaultRule(fleet.root, rule, []);
  await expect(alpha.abortLiveMigration(migration, deliver(undo))).rejects.toThrow('fault rule');
  expect(await powerStates(id)).toEqual({ alpha: 'PAUSED', beta: 'NOSTATE' });
  await expect(alpha.abortLiveMigration(migration, deliver(undo, 2))).resolves.toMatchObject({ arrived: false });
  expect(await powerStates(id)).toEqual({ alpha: 'RUNNING', beta: 'NOSTATE' });
  await expectOneGuest(id);
});

test('however attempts and an abort meet, one guest comes out of it, where the abort has said', async () => {
  const delays = fc.array(fc.integer({ min: 0, max: 25 }), { minLength: 4, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(delays, async ([first = 0, second = 0, third = 0, last = 0]) => {
      const { id, alpha, run, undo } = await ready();
      const after = (ms: number, send: () => Promise<unknown>) => setTimeout(ms).then(send);
      const [, , , aborted] = await Promise.all([
        ...[first, second, third].map((ms, index) =>
          after(ms, () => alpha.liveMigrateGuest(migration, deliver(run, Math.max(1, index))).catch(() => null)),
        ),
        setTimeout(last).then(() => alpha.abortLiveMigration(migration, deliver(undo))),
      ]);
      await expectOneGuest(id);
      const { alpha: here, beta: there } = await powerStates(id);
      expect({ running: there === 'RUNNING' ? 'beta' : here === 'RUNNING' ? 'alpha' : null }).toEqual({
        running: isArrival(aborted) ? 'beta' : 'alpha',
      });
    }),
    { numRuns: 40 },
  );
}, 60_000);

const isArrival = (report: unknown): boolean =>
  typeof report === 'object' && report !== null && 'arrived' in report && report.arrived === true;
