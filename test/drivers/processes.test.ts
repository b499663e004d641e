import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Driver } from '../../activities/drivers/driver.ts';
import { setFaultRule, listFaultRules } from '../../activities/drivers/simulated/fault-rules.ts';
import { readEntries } from '../../activities/drivers/simulated/journal.ts';
import { journalDirectory } from '../../activities/drivers/simulated/layout.ts';
import { readGuests } from '../../activities/drivers/simulated/reading.ts';
import { effectKey, type UnitPurpose } from '../../src/model/unit.ts';
import { deliver, disk, machine, TaskUnits } from './deliveries.ts';
import { startWorkerProcess, type WorkerProcess } from './processes.ts';
import { effectsOf, simulatedFleet, simulatedFleetAt, type SimulatedFleet } from './simulated-fleet.ts';
import type { Errand } from './worker-process.ts';

let fleet: SimulatedFleet;
let driver: Driver;
let units: TaskUnits;
let started: WorkerProcess[];

beforeEach(async () => {
  fleet = await simulatedFleet();
  driver = fleet.driver('alpha');
  units = new TaskUnits();
  started = [];
  await driver.createDisk(disk, deliver(units.next()));
  await driver.defineGuest(machine, deliver(units.next()));
});
afterEach(async () => {
  for (const worker of started) worker.kill();
  await Promise.allSettled(started.map((worker) => worker.ended()));
  await fleet.dispose();
});

type Act = Errand['units'][number]['act'];
function worker(act: Act, purposes: readonly UnitPurpose[], latency = '0ms', attempt = 1): WorkerProcess {
  const errand = { root: fleet.root, latency, attempt, units: purposes.map((purpose) => ({ act, purpose })) };
  const process = startWorkerProcess(errand);
  started.push(process);
  return process;
}
const journal = (host = 'alpha') => readEntries(journalDirectory(fleet.root, host, units.instanceId));
const guest = async () => (await readGuests(fleet.root, 'alpha'))[0];

test('Several processes that deliver the same units at once leave each effect once', async () => {
  const reboots = Array.from({ length: 30 }, () => units.next());
  const workers = [1, 2, 3, 4].map(() => worker('hardRebootGuest', reboots));
  const heard = (await Promise.all(workers.map((process) => process.ended()))).flatMap(({ lines }) => lines);
  expect(heard).toHaveLength(4 * 30);
  for (const line of heard) if ('fault' in line) expect(line.fault).toBe('STALE_ATTEMPT');
  const effects = (await journal()).filter(({ effect }) => effect === 'guest reset').map(({ key }) => key);
  expect(effects).toEqual(reboots.map(effectKey));
  expect(await guest()).toMatchObject({ bootCount: 30 });
});

describe('A worker that is frozen', () => {
  test('between its check and its effect changes nothing once a newer attempt has done the unit', async () => {
    const purpose = units.next();
    const stale = worker('freezeThenStart', [purpose]);
    await stale.said('frozen');
    await stale.frozen();
    await driver.startGuest({}, deliver(purpose, 2));
    const before = await journal();
    stale.thaw();
    expect((await stale.ended()).lines).toContainEqual({ fault: 'STALE_ATTEMPT', step: purpose.step });
    expect(await journal()).toEqual(before);
  });

  test('between its check and its effect changes nothing once the undo has found nothing to undo', async () => {
    const stale = worker('freezeThenStart', [units.next('boot')]);
    await stale.said('frozen');
    await stale.frozen();
    await driver.powerOffGuest({}, deliver(units.next('boot', 'undo')));
    stale.thaw();
    expect(await stale.said('fault')).toMatchObject({ fault: 'STALE_ATTEMPT' });
    expect(await guest()).toMatchObject({ powerState: 'SHUTDOWN', bootCount: 0 });
  });

  test('in its slow work changes nothing once a newer attempt has begun, which then has its effect', async () => {
    const slow = simulatedFleetAt(fleet.root, { default: '1500ms' }).driver('alpha');
    const purpose = units.next();
    const stale = worker('startGuest', [purpose], '600ms');
    await stale.said('progress');
    await stale.freeze();
    const newer = slow.startGuest({}, deliver(purpose, 2));
    while ((await journal()).at(-1)?.fence.attempt !== 2) await sleep(10);
    stale.thaw();
    expect(await stale.said('fault')).toMatchObject({ fault: 'STALE_ATTEMPT' });
    await expect(newer).resolves.toEqual({ powerState: 'RUNNING' });
    expect(await effectsOf(fleet.root, purpose)).toEqual(['guest started']);
  });

  test('in the middle of a copy leaves the other host alone once the undo has been there', async () => {
    const stale = worker('copyDisk', [units.next('copy')], '600ms');
    await stale.said('progress');
    await stale.freeze();
    await fleet.driver('beta').removeDisk({ disk: 'copy' }, deliver(units.next('copy', 'undo')));
    stale.thaw();
    expect(await stale.said('fault')).toMatchObject({ fault: 'STALE_ATTEMPT' });
    expect((await journal('beta')).map(({ effect }) => effect)).toEqual(['disk copy begun', 'disk removed']);
  });
});

describe('A worker that is killed', () => {
  test.each([0, 7, 40])(
    'at any moment (here after %d ms) leaves a whole journal, and the next one goes on',
    async (delay) => {
      const reboots = Array.from({ length: 500 }, () => units.next());
      const victim = worker('hardRebootGuest', reboots);
      await victim.said('done');
      await sleep(delay);
      victim.kill();
      const { lines, signal } = await victim.ended();
      expect(signal).toBe('SIGKILL');

      const entries = (await journal()).filter(({ effect }) => effect === 'guest reset');
      expect(entries.map(({ key }) => key)).toEqual(reboots.slice(0, entries.length).map(effectKey));
      expect(entries.map(({ state }) => state.guest?.bootCount)).toEqual(entries.map((_, i) => i + 1));
      const told = lines.filter((line) => 'done' in line).length;
      expect(entries.length - told).toBeGreaterThanOrEqual(0);
      expect(entries.length - told).toBeLessThanOrEqual(1);

      for (const purpose of reboots.slice(told, told + 5)) {
        await driver.hardRebootGuest(machine, deliver(purpose, 2));
      }
      expect(await guest()).toMatchObject({ bootCount: told + 5 });
    },
  );

  test('by a rule before the effect has had none, and the next attempt has it', async () => {
    await setFaultRule(fleet.root, { unit: 'startGuest', misbehaviour: { kind: 'die', moment: 'before' } }, []);
    const purpose = units.next();
    const victim = worker('startGuest', [purpose]);
    expect(await victim.ended()).toEqual({ lines: [], signal: 'SIGKILL' });
    expect(await effectsOf(fleet.root, purpose)).toEqual([]);
    expect(await listFaultRules(fleet.root)).toMatchObject([{ uses: 1 }]);
    // The rule has struck: another worker lives.
    expect((await worker('startGuest', [purpose], '0ms', 2).ended()).lines).toEqual([{ done: purpose.step }]);
    expect(await effectsOf(fleet.root, purpose)).toEqual(['guest started']);
  });

  test('by a rule after the effect has had it, and the next attempt finds it done', async () => {
    await setFaultRule(fleet.root, { unit: 'hardRebootGuest', misbehaviour: { kind: 'die', moment: 'after' } }, []);
    const purpose = units.next();
    expect(await worker('hardRebootGuest', [purpose]).ended()).toEqual({ lines: [], signal: 'SIGKILL' });
    await expect(driver.hardRebootGuest(machine, deliver(purpose, 2))).resolves.toEqual({ powerState: 'RUNNING' });
    expect(await effectsOf(fleet.root, purpose)).toEqual(['guest reset']);
    expect(await guest()).toMatchObject({ bootCount: 1 });
  });

  test('in the middle of a copy leaves an unfinished one, which the next attempt completes', async () => {
    const purpose = units.next();
    const victim = worker('copyDisk', [purpose], '2s');
    await victim.said('progress');
    victim.kill();
    await victim.ended();
    expect((await fleet.look('beta', units.instanceId)).disks).toEqual({});
    const copy = { disk: 'root', toHost: 'beta', toDisk: 'copy', sizeGb: 40 };
    await driver.copyDisk(copy, deliver(purpose, 2));
    expect(await effectsOf(fleet.root, purpose)).toEqual(['disk copy begun', 'disk copied']);
    expect(Object.keys((await fleet.look('beta', units.instanceId)).disks)).toEqual(['copy']);
  });
});
