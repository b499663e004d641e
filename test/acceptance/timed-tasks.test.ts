/** Tasks that start at a time: they wait in the queue and are in nobody's way. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { IdempotencyConflictError, type Task } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

/** An instance, and a stop of it that waits so long. */
async function waitingStop(startAt: string): Promise<{ id: string; waiting: Task }> {
  const { id } = await fleet.activeInstance();
  return { id, waiting: await fleet.client.submit('stop', id, {}, { startAt, reason: 'at night' }) };
}

/** Expects that the task has been carried out, and not before its time. */
async function expectStarted(task: Task): Promise<void> {
  const ended = await fleet.ended(task);
  expect(ended).toMatchObject({ status: 'COMPLETED', startAt: task.startAt, reason: 'at night' });
  expect(ended.startedAt! >= task.startAt!).toBe(true);
  expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'stopped' });
}

test('a task waits for its time, lets others pass, and starts by itself', async () => {
  const { id, waiting } = await waitingStop('5s');
  expect(waiting).toMatchObject({ status: 'QUEUED', startedAt: null, verbs: ['pause', 'cancel'] });
  expect(await fleet.run('reboot', id, { type: 'HARD' })).toMatchObject({ status: 'COMPLETED' });
  expect((await fleet.client.task(waiting.id)).startAt).toBe(waiting.startAt);
  await expectStarted(waiting);
});

test('of several each starts at its own time', async () => {
  const { id } = await fleet.activeInstance();
  const last = await fleet.client.submit('unpause', id, {}, { startAt: '4s' });
  const first = await fleet.client.submit('pause', id, {}, { startAt: '1s' });
  expect(await fleet.ended(first)).toMatchObject({ status: 'COMPLETED' });
  expect(await fleet.ended(last)).toMatchObject({ status: 'COMPLETED' });
});

test('a time that has passed is now', async () => {
  const { id } = await fleet.activeInstance();
  const task = await fleet.client.submit('stop', id, {}, { startAt: '2020-01-01T00:00:00Z' });
  expect(task).toMatchObject({ status: 'RUNNING', startAt: '2020-01-01T00:00:00.000Z' });
  expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
});

test('it waits its turn when another one runs at its time, and is judged then', async () => {
  const { id, waiting } = await waitingStop('5s');
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'powerOffGuest',
    instance: id,
    misbehaviour: { kind: 'hang' },
  });
  const running = await fleet.client.submit('stop', id, { shutdownTimeoutSeconds: 0 });
  const { startAt = '' } = waiting;
  await eventually('its time has come', () => Promise.resolve(new Date().toISOString() > startAt));
  expect(await fleet.client.task(waiting.id)).toMatchObject({ status: 'QUEUED', startedAt: null });
  await letGo();
  expect(await fleet.ended(running)).toMatchObject({ status: 'COMPLETED' });
  expect(await fleet.ended(waiting)).toMatchObject({ status: 'FAILED', fault: { code: 'NOT_ALLOWED_IN_STATE' } });
});

describe('while it waits', () => {
  test('it can be cancelled, and never starts', async () => {
    const { id, waiting } = await waitingStop('1h');
    expect(await fleet.client.cancel(waiting.id, { actor: 'bob' })).toMatchObject({ status: 'ABORTED' });
    expect(await fleet.ended(waiting)).toMatchObject({ status: 'ABORTED', startedAt: null, notes: [{ actor: 'bob' }] });
    expect(await fleet.hypervisors.effects(waiting)).toEqual([]);
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'active' });
  });

  test('it can be paused, which outlasts its time, and starts when it is resumed', async () => {
    const { id, waiting } = await waitingStop('5s');
    await fleet.client.pause(waiting.id);
    // Starts later than the paused one would have.
    const other = await fleet.client.submit('pause', id, {}, { startAt: '6s' });
    expect(await fleet.ended(other)).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.client.task(waiting.id)).toMatchObject({ status: 'PAUSED', startedAt: null });
    await fleet.run('unpause', id, {});
    await fleet.client.resume(waiting.id);
    await expectStarted(waiting);
  });

  test('kill -9 of the control worker does not lose it', async () => {
    const { waiting } = await waitingStop('5s');
    await fleet.control.restart();
    await expectStarted(waiting);
  });

  test('a delete of the instance abandons it', async () => {
    const { id, waiting } = await waitingStop('1h');
    expect(await fleet.run('delete', id, {})).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.ended(waiting)).toMatchObject({
      status: 'ABORTED',
      notes: [{ verb: 'cancel', actor: 'system' }],
    });
    await expectNothingLeft(fleet, id);
  });

  test('the same request finds it again, and another time is another request', async () => {
    const { id } = await fleet.activeInstance();
    const ask = (startAt: string) => fleet.client.submit('stop', id, {}, { startAt, idempotencyKey: 'night' });
    const first = await ask('1h');
    expect(await ask('1h')).toEqual(first);
    await expect(ask('2h')).rejects.toThrow(IdempotencyConflictError);
  });
});

describe('a create', () => {
  const wanted = { name: 'later', flavor: 'm1.tiny', image: 'cirros' } as const;

  test('can wait, too', async () => {
    const task = await fleet.client.create(wanted, { startAt: '1s' });
    expect(task).toMatchObject({ status: 'QUEUED' });
    expect(await fleet.client.get(task.instanceId)).toMatchObject({ vmState: 'building', taskState: null });
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'active' });
  });

  test('that is cancelled while it waits leaves an instance in error that can be deleted', async () => {
    const task = await fleet.client.create(wanted, { startAt: '1h' });
    await fleet.client.cancel(task.id);
    expect(await fleet.client.get(task.instanceId)).toMatchObject({ vmState: 'error', residence: null });
    expect(await fleet.run('delete', task.instanceId, {})).toMatchObject({ status: 'COMPLETED' });
    await expectNothingLeft(fleet, task.instanceId);
  });
});
