import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Driver } from '../../activities/drivers/driver.ts';
import {
  clearFaultRules,
  InvalidFaultRule,
  listFaultRules,
  setFaultRule,
  type NewFaultRule,
} from '../../activities/drivers/simulated/fault-rules.ts';
import { operations } from '../../src/operations/index.ts';
import { deliver, disk, machine, TaskUnits } from './deliveries.ts';
import { effectsOf, simulatedFleet, type SimulatedFleet } from './simulated-fleet.ts';

let fleet: SimulatedFleet;
let driver: Driver;
let units: TaskUnits;
const set = (rule: NewFaultRule) => setFaultRule(fleet.root, rule, Object.keys(operations));

beforeEach(async () => {
  fleet = await simulatedFleet();
  driver = fleet.driver('alpha');
  units = new TaskUnits();
});
afterEach(() => fleet.dispose());

const guestIsUp = async () => {
  await driver.createDisk(disk, deliver(units.next()));
  await driver.defineGuest(machine, deliver(units.next()));
  await driver.startGuest({}, deliver(units.next()));
};

describe('A rule to fail', () => {
  test('fails the unit before its effect, each time', async () => {
    await set({ host: 'alpha', unit: 'createDisk', misbehaviour: { kind: 'fail' } });
    const purpose = units.next();
    for (const attempt of [1, 2, 3]) {
      await expect(driver.createDisk(disk, deliver(purpose, attempt))).rejects.toMatchObject({
        code: 'HYPERVISOR_ERROR',
        retryable: false,
      });
    }
    expect(await effectsOf(fleet.root, purpose)).toEqual([]);
  });

  test('may fail the unit after its effect', async () => {
    await set({ host: 'alpha', unit: 'createDisk', misbehaviour: { kind: 'fail', moment: 'after' } });
    const purpose = units.next();
    await expect(driver.createDisk(disk, deliver(purpose))).rejects.toMatchObject({ code: 'HYPERVISOR_ERROR' });
    expect(await effectsOf(fleet.root, purpose)).toEqual(['disk created']);
  });

  test('leaves an unfinished copy behind, which is no disk to start from and which the undo removes', async () => {
    await guestIsUp();
    await set({ host: 'alpha', unit: 'copyDisk', misbehaviour: { kind: 'fail' } });
    const there = fleet.driver('beta');
    const copy = { disk: 'root', toHost: 'beta', toDisk: 'copy', sizeGb: 40 };
    const purpose = units.next('copy');
    await expect(driver.copyDisk(copy, deliver(purpose))).rejects.toMatchObject({ code: 'HYPERVISOR_ERROR' });
    expect(await effectsOf(fleet.root, purpose)).toEqual(['disk copy begun']);
    const definition = there.defineGuest({ ...machine, disk: 'copy' }, deliver(units.next()));
    await expect(definition).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
    const undo = units.next('copy', 'undo');
    await there.removeDisk({ disk: 'copy' }, deliver(undo));
    expect(await effectsOf(fleet.root, undo)).toEqual(['disk removed']);
  });

  test('a number of times fails exactly so often, whoever is hit at the same time', async () => {
    await set({ unit: 'createDisk', misbehaviour: { kind: 'failTimes', times: 3 } });
    const attempts = Array.from({ length: 10 }, () =>
      fleet.driver('alpha').createDisk(disk, deliver(new TaskUnits().next())),
    );
    const failed = (await Promise.allSettled(attempts)).filter((outcome) => outcome.status === 'rejected');
    expect(failed).toHaveLength(3);
    for (const { reason } of failed) expect(reason).toMatchObject({ code: 'HYPERVISOR_UNREACHABLE', retryable: true });
    expect(await listFaultRules(fleet.root)).toMatchObject([{ uses: 3 }]);
  });
});

describe('A rule to hang', () => {
  test('shows no progress and ends with the cancel, without an effect', async () => {
    await set({ unit: 'createDisk', misbehaviour: { kind: 'hang' } });
    const cancelling = new AbortController();
    const shares: number[] = [];
    const purpose = units.next();
    const context = deliver(purpose, 1, { signal: cancelling.signal, progress: (share) => shares.push(share) });
    const hanging = driver.createDisk(disk, context);
    await sleep(350);
    const reason = new Error('cancelled');
    cancelling.abort(reason);
    await expect(hanging).rejects.toBe(reason);
    expect(shares).toEqual([]);
    expect(await effectsOf(fleet.root, purpose)).toEqual([]);
  });

  test('lets the unit go on when it is cleared', async () => {
    await set({ unit: 'createDisk', misbehaviour: { kind: 'hang' } });
    const purpose = units.next();
    const hanging = driver.createDisk(disk, deliver(purpose));
    await sleep(150);
    expect(await effectsOf(fleet.root, purpose)).toEqual([]);
    await clearFaultRules(fleet.root);
    await hanging;
    expect(await effectsOf(fleet.root, purpose)).toEqual(['disk created']);
  });
});

test('A rule to delay makes the unit take longer and shows growing progress', async () => {
  await set({ unit: 'createDisk', misbehaviour: { kind: 'delay', duration: '900ms' } });
  const shares: number[] = [];
  const from = performance.now();
  await driver.createDisk(disk, deliver(units.next(), 1, { progress: (share) => shares.push(share) }));
  expect(performance.now() - from).toBeGreaterThan(890);
  expect(shares.length).toBeGreaterThan(2);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.every((share) => share > 0 && share < 1)).toBe(true);
});

test('A rule to delay that is cleared lets the unit go on', async () => {
  await set({ unit: 'createDisk', misbehaviour: { kind: 'delay', duration: '1h' } });
  const seen = new AbortController();
  const held = driver.createDisk(disk, deliver(units.next(), 1, { progress: () => seen.abort() }));
  if (!seen.signal.aborted) await once(seen.signal, 'abort');
  await clearFaultRules(fleet.root);
  await expect(held).resolves.toEqual({});
});

test('A rule to repeat delivers a unit twice at once and once more, and it has one effect', async () => {
  await set({ unit: 'createDisk', misbehaviour: { kind: 'repeat' } });
  const purpose = units.next();
  await expect(driver.createDisk(disk, deliver(purpose))).resolves.toEqual({});
  expect(await effectsOf(fleet.root, purpose)).toEqual(['disk created']);
  expect(await listFaultRules(fleet.root)).toMatchObject([{ uses: 1 }]);
  // The first delivery is one of the past: it changes nothing any more.
  await driver.removeDisk({ disk: disk.disk }, deliver(units.next()));
  await expect(driver.createDisk(disk, deliver(purpose))).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
});

test('A unit of some latency shows progress, and a cancel ends it before its effect', async () => {
  const slow = await simulatedFleet({ byUnit: { createDisk: '10s' } });
  const cancelling = new AbortController();
  const reason = new Error('cancelled');
  const purpose = units.next();
  const progress = () => cancelling.abort(reason);
  const creation = slow.driver('alpha').createDisk(disk, deliver(purpose, 1, { signal: cancelling.signal, progress }));
  await expect(creation).rejects.toBe(reason);
  expect(await effectsOf(slow.root, purpose)).toEqual([]);
  await slow.dispose();
});

describe('A rule to ignore', () => {
  beforeEach(async () => {
    await guestIsUp();
    await set({ unit: 'shutDownGuest', misbehaviour: { kind: 'ignore' } });
    await set({ unit: 'softRebootGuest', misbehaviour: { kind: 'ignore' } });
  });

  test('makes a guest stay up when it is asked to shut down, and its time is waited for with signs of life', async () => {
    const shares: number[] = [];
    const from = performance.now();
    const context = deliver(units.next(), 1, { progress: (share) => shares.push(share) });
    await expect(driver.shutDownGuest({ timeoutSeconds: 0.5 }, context)).resolves.toEqual({
      powerState: 'RUNNING',
      off: false,
    });
    expect(performance.now() - from).toBeGreaterThan(490);
    expect(shares.length).toBeGreaterThan(1);
  });

  test('makes a guest go on when it is asked to reboot', async () => {
    const purpose = units.next();
    const answer = { powerState: 'RUNNING', rebooted: false };
    await expect(driver.softRebootGuest({ timeoutSeconds: 0.1 }, deliver(purpose))).resolves.toEqual(answer);
    expect(await effectsOf(fleet.root, purpose)).toEqual([]);
    // Asked once: a second delivery tells what came of it.
    await clearFaultRules(fleet.root);
    await expect(driver.softRebootGuest({ timeoutSeconds: 0.1 }, deliver(purpose, 2))).resolves.toEqual(answer);
  });

  test('does not keep a guest from being switched off', async () => {
    await set({ unit: 'powerOffGuest', misbehaviour: { kind: 'ignore' } });
    await expect(driver.powerOffGuest({}, deliver(units.next()))).resolves.toEqual({ powerState: 'SHUTDOWN' });
  });
});

describe('Rules', () => {
  const fails = { kind: 'fail' } as const;

  test.each<[string, NewFaultRule]>([
    ['another host', { host: 'beta', unit: 'createDisk', misbehaviour: fails }],
    ['another unit', { unit: 'removeDisk', misbehaviour: fails }],
    ['another operation', { unit: 'resize', misbehaviour: fails }],
    ['another step', { unit: 'createDisk', step: 'other', misbehaviour: fails }],
    ['another instance', { unit: 'createDisk', instance: 'other', misbehaviour: fails }],
    ['the undo only', { unit: 'createDisk', direction: 'undo', misbehaviour: fails }],
  ])('that are for %s leave a unit alone', async (_what, rule) => {
    await set(rule);
    await expect(driver.createDisk(disk, deliver(units.next()))).resolves.toEqual({});
  });

  test('for an operation are for all its units', async () => {
    await set({ host: 'alpha', unit: 'resize', misbehaviour: fails });
    await expect(driver.createDisk(disk, deliver(units.next('a', 'run', 'create')))).resolves.toEqual({});
    await expect(driver.plugNetwork({}, deliver(units.next('b', 'run', 'resize')))).rejects.toMatchObject({
      code: 'HYPERVISOR_ERROR',
    });
  });

  test('for one instance, host and direction hit just that', async () => {
    const { instanceId: instance } = units;
    await set({ host: 'alpha', unit: 'removeDisk', instance, direction: 'undo', misbehaviour: fails });
    await expect(driver.removeDisk({ disk: 'root' }, deliver(units.next('a', 'undo')))).rejects.toMatchObject({
      code: 'HYPERVISOR_ERROR',
    });
  });

  test('are listed in the order in which they were set, and cleared by what they match', async () => {
    const first = await set({ host: 'alpha', unit: 'createDisk', misbehaviour: fails });
    const second = await set({ host: 'beta', unit: 'createDisk', misbehaviour: { kind: 'hang' } });
    const third = await set({ host: 'beta', unit: 'resize', misbehaviour: { kind: 'die', moment: 'before' } });
    expect((await listFaultRules(fleet.root)).map(({ id }) => id)).toEqual([first.id, second.id, third.id]);
    expect(await clearFaultRules(fleet.root, { host: 'beta', unit: 'resize' })).toEqual([third]);
    expect(await clearFaultRules(fleet.root, { id: first.id })).toEqual([first]);
    expect(await clearFaultRules(fleet.root)).toEqual([second]);
    expect(await listFaultRules(fleet.root)).toEqual([]);
  });

  test.each<[string, NewFaultRule, RegExp]>([
    ['an unknown unit', { unit: 'rebootGuest', misbehaviour: fails }, /neither a unit nor an operation.*unit/s],
    ['a host that is a path', { host: '../x', unit: 'resize', misbehaviour: fails }, /no name of a host.*host/s],
    ['no times at all', { unit: 'resize', misbehaviour: { kind: 'failTimes', times: 0 } }, />=1.*misbehaviour\.times/s],
  ])('with %s are refused with the reason', async (_what, rule, message) => {
    const setting = set(rule);
    await expect(setting).rejects.toBeInstanceOf(InvalidFaultRule);
    await expect(setting).rejects.toThrow(message);
    expect(await listFaultRules(fleet.root)).toEqual([]);
  });

  test('that somebody has spoilt by hand are named in the error', async () => {
    const { id } = await set({ unit: 'createDisk', misbehaviour: fails });
    await mkdir(join(fleet.root, 'faults'), { recursive: true });
    await writeFile(join(fleet.root, 'faults', `${id}.json`), '{"unit": 1}');
    await expect(driver.createDisk(disk, deliver(units.next()))).rejects.toThrow(`${id}.json cannot be read`);
  });
});
