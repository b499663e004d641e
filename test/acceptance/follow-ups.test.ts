/** What the platform does by itself after a time: visible tasks that are asked for unless the instance has changed before. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { instanceWorkflowId } from '../../src/model/task.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { handOver } from '../support/hand-over.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

/** An instance that was resized, to be confirmed by itself after so long. */
async function resized(confirmAfterSeconds: number): Promise<string> {
  const { id } = await fleet.activeInstance();
  const task = await fleet.run('resize', id, { flavor: 'm1.medium', confirmAfterSeconds });
  expect(task).toMatchObject({ status: 'COMPLETED' });
  return id;
}

const operationsOf = async (instanceId: string): Promise<string[]> =>
  (await fleet.client.tasks(instanceId)).map(({ operation }) => operation);

/** The confirmation that nobody asked for, once it has ended. */
async function ownConfirmation(instanceId: string): Promise<Task> {
  const task = await eventually('the instance confirms by itself', async () =>
    (await fleet.client.tasks(instanceId)).find(({ operation }) => operation === 'confirmResize'),
  );
  return fleet.ended(task);
}

test('a resize is confirmed by itself when its time has come, by a task of the system', async () => {
  const id = await resized(1);
  const task = await ownConfirmation(id);
  expect(task).toMatchObject({ status: 'COMPLETED', actor: 'system', reason: '1 s after resize', input: {} });
  const actions = await fleet.client.instanceActions(id);
  expect(actions.map(({ action }) => action)).toEqual(['confirmResize', 'resize', 'create']);
  expect(actions[0]).toMatchObject({ requestId: task.requestId, userId: null });
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active', followUp: null });
});

test('a migration too, and until then the instance says what will be done and when', async () => {
  const { id } = await fleet.activeInstance();
  const { endedAt } = await fleet.run('migrate', id, { confirmAfterSeconds: 7_200 });
  const { followUp } = await fleet.client.get(id);
  expect(followUp).toMatchObject({ operation: 'confirmResize', reason: '2 h after migrate' });
  expect(Date.parse(followUp?.at ?? '') - Date.parse(endedAt ?? '')).toBe(7_200_000);
});

test('one that nobody gave a time waits for ever', async () => {
  expect(await fleet.client.get(await resized(0))).toMatchObject({ vmState: 'resized', followUp: null });
});

test('one that is reverted while its time comes is not confirmed any more', async () => {
  const id = await resized(10);
  const { followUp } = await fleet.client.get(id);
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'plugNetwork',
    instance: id,
    misbehaviour: { kind: 'hang' },
  });
  const reverting = await fleet.client.submit('revertResize', id, {});
  await eventually('the time has come', () => Promise.resolve(new Date().toISOString() > (followUp?.at ?? '')));
  await letGo();
  expect(await fleet.ended(reverting)).toMatchObject({ status: 'COMPLETED' });
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active', followUp: null });
  await fleet.run('stop', id, {});
  expect(await operationsOf(id)).toEqual(['create', 'resize', 'revertResize', 'stop']);
});

test('one whose decision fails is confirmed all the same', async () => {
  const id = await resized(10);
  await fleet.hypervisors.misbehave({ unit: 'plugNetwork', instance: id, misbehaviour: { kind: 'fail' } });
  expect(await fleet.run('revertResize', id, {})).toMatchObject({ status: 'FAILED' });
  expect(await ownConfirmation(id)).toMatchObject({ status: 'COMPLETED', actor: 'system' });
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
});

test('what is to be done survives kill -9 of the control worker and a hand-over to a new run', async () => {
  const id = await resized(10);
  await handOver(fleet, id);
  await fleet.control.restart();
  expect(await ownConfirmation(id)).toMatchObject({ status: 'COMPLETED', actor: 'system' });
  await expectRecordEqualsHypervisor(fleet, id);
});

test('no timer is left when the instance has changed', async () => {
  const id = await resized(3_600);
  await fleet.run('revertResize', id, {});
  const { events } = await fleet.temporal.workflow.getHandle(instanceWorkflowId(id)).fetchHistory();
  const count = (key: 'timerStartedEventAttributes' | 'timerCanceledEventAttributes') =>
    (events ?? []).filter((event) => event[key]).length;
  expect([count('timerStartedEventAttributes'), count('timerCanceledEventAttributes')]).toEqual([1, 1]);
});
