import { afterAll, expect, test } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Driver, UnitContext } from '../../activities/drivers/driver.ts';
import { hostActivities } from '../../activities/host-units.ts';
import { UnitFault } from '../../activities/unit-fault.ts';
import { SecretKeys } from '../../src/secrets/secret-keys.ts';
import { hostUnits } from '../../src/operations/units/index.ts';
import { disk, TaskUnits } from './deliveries.ts';
import { simulatedFleet } from './simulated-fleet.ts';

const fleet = await simulatedFleet();
const real = fleet.driver('alpha');
const keys = SecretKeys.parse(SecretKeys.generate('test'));
afterAll(() => fleet.dispose());

/** The real driver, but for how it starts a guest. */
const startingBy = (startGuest: Driver['startGuest']) => hostActivities({ ...real, startGuest }, 'alpha', keys);
const call = () => ({ purpose: new TaskUnits().next('boot'), input: {} });

/** An activity's surroundings that do not log the failures that are wanted. */
const quiet = (info = {}) => new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });

/** The failure that an activity ends with. */
const failureOf = (activity: Promise<unknown>) =>
  activity.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );

test('A host offers an activity for each of its units, by the same name', () => {
  expect(Object.keys(hostActivities(real, 'alpha', keys)).sort()).toEqual(Object.keys(hostUnits).sort());
});

test('An activity gives what the driver gives', async () => {
  const environment = quiet();
  const { createDisk, inspectGuest } = hostActivities(real, 'alpha', keys);
  await expect(environment.run(createDisk, { purpose: new TaskUnits().next(), input: disk })).resolves.toEqual({});
  await expect(quiet().run(inspectGuest, { purpose: new TaskUnits().next(), input: {} })).resolves.toEqual({
    powerState: 'NOSTATE',
  });
});

test('The driver is told the fence with the attempt that Temporal counts', async () => {
  const seen: UnitContext[] = [];
  const { startGuest } = startingBy(async (_input, context) => {
    seen.push(context);
    return { powerState: 'RUNNING' };
  });
  const purpose = new TaskUnits('instance', 5).next();
  await quiet({ attempt: 3 }).run(startGuest, { purpose, input: {} });
  expect(seen).toMatchObject([{ purpose, fence: { generation: 5, sequence: 1, attempt: 3 } }]);
});

test('Progress is heartbeat as a share, and nothing else is', async () => {
  const { startGuest } = startingBy(async (_input, { progress }) => {
    progress(0.25);
    progress(0.5);
    return { powerState: 'RUNNING' };
  });
  const environment = quiet();
  const heartbeats: unknown[] = [];
  environment.on('heartbeat', (details) => heartbeats.push(details));
  await environment.run(startGuest, call());
  expect(heartbeats).toEqual([{ share: 0.25 }, { share: 0.5 }]);
});

test('A fault that a repetition cannot help becomes a failure of its type that is not retried', async () => {
  const fault = new UnitFault('GUEST_STATE_CONFLICT', 'domain 7 is paused', { remark: 'It is paused.' });
  const { startGuest } = startingBy(() => Promise.reject(fault));
  const failure = await failureOf(quiet().run(startGuest, call()));
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: 'GUEST_STATE_CONFLICT', nonRetryable: true, cause: fault });
  expect(failure).toMatchObject({
    details: [
      {
        code: 'GUEST_STATE_CONFLICT',
        blame: 'guest',
        retryable: false,
        message: 'The machine is in a power state that the step cannot start from. It is paused.',
        step: 'boot-1',
        host: 'alpha',
        detail: 'domain 7 is paused',
      },
    ],
  });
  expect(fault.stack).toContain('host-units.test');
});

test('A fault that a repetition may help is left to be retried', async () => {
  const { startGuest } = startingBy(() => Promise.reject(new UnitFault('HYPERVISOR_UNREACHABLE', 'no route to host')));
  const failure = await failureOf(quiet().run(startGuest, call()));
  expect(failure).toMatchObject({ type: 'HYPERVISOR_UNREACHABLE', nonRetryable: false });
});

test.each([
  ['an error', new TypeError('x is not a function'), 'x is not a function'],
  ['something that is none', 'out of order', 'out of order'],
])('%s that nobody expected becomes INTERNAL_ERROR with its words for admins', async (_what, thrown, detail) => {
  const { startGuest } = startingBy(async () => {
    throw thrown;
  });
  const failure = await failureOf(quiet().run(startGuest, call()));
  expect(failure).toMatchObject({ type: 'INTERNAL_ERROR', nonRetryable: true, details: [{ detail, host: 'alpha' }] });
});

test('A cancel reaches the driver and ends the activity as cancelled', async () => {
  const slow = await simulatedFleet({ default: '1m' });
  const { startGuest } = hostActivities(slow.driver('alpha'), 'alpha', keys);
  const environment = quiet();
  environment.on('heartbeat', () => environment.cancel());
  const failure = await failureOf(environment.run(startGuest, call()));
  expect(failure).toBeInstanceOf(CancelledFailure);
  await slow.dispose();
});

const abortError = (message: string) => Object.assign(new Error(message), { name: 'AbortError' });

test('A driver whose tool ended with an AbortError is cancelled, too', async () => {
  const environment = quiet();
  const { startGuest } = startingBy(async (_input, { signal }) => {
    environment.cancel();
    throw abortError(signal.aborted ? 'asked for' : 'by itself');
  });
  expect(await failureOf(environment.run(startGuest, call()))).toMatchObject({
    name: 'AbortError',
    message: 'asked for',
  });
});

test('An unasked-for AbortError is a mistake of the platform', async () => {
  const { startGuest } = startingBy(async () => {
    throw abortError('by itself');
  });
  const failure = await failureOf(quiet().run(startGuest, call()));
  expect(failure).toMatchObject({ type: 'INTERNAL_ERROR', details: [{ detail: 'by itself' }] });
});
