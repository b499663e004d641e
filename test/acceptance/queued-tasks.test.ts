/** Tasks that wait for their turn: they have no workflow of their own yet, and take the same verbs. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { InstanceBusyError, TaskVerbRefusedError, type Task } from '../../src/client/index.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

/** A reboot that runs until it is let go, and a stop that waits behind it. */
async function oneBehindAnother(): Promise<{ running: Task; waiting: Task; letGo: () => Promise<void> }> {
  const { id } = await fleet.activeInstance();
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'hardRebootGuest',
    instance: id,
    misbehaviour: { kind: 'hang' },
  });
  const running = await fleet.client.submit('reboot', id, { type: 'HARD' });
  const waiting = await fleet.client.submit('stop', id, {}, { queue: true });
  return { running, waiting, letGo };
}

test('a task that waits starts when the one before it has ended', async () => {
  const { running, waiting, letGo } = await oneBehindAnother();
  expect(await fleet.client.task(waiting.id)).toMatchObject({
    status: 'QUEUED',
    startedAt: null,
    verbs: ['pause', 'cancel'],
  });
  await letGo();
  const [first, second] = await Promise.all([fleet.ended(running), fleet.ended(waiting)]);
  expect([first.status, second.status]).toEqual(['COMPLETED', 'COMPLETED']);
  expect(Date.parse(second.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(first.endedAt ?? ''));
  expect(await expectRecordEqualsHypervisor(fleet, running.instanceId)).toMatchObject({ vmState: 'stopped' });
});

test('one that is paused while it waits lets others pass, and starts when it is resumed', async () => {
  const { running, waiting, letGo } = await oneBehindAnother();
  await fleet.client.pause(waiting.id, { actor: 'bob', reason: 'later' });
  expect(await fleet.client.task(waiting.id)).toMatchObject({ status: 'PAUSED', verbs: ['resume', 'cancel'] });
  await letGo();
  await fleet.ended(running);
  expect(await fleet.run('pause', running.instanceId, {})).toMatchObject({ status: 'COMPLETED' });
  expect(await fleet.run('unpause', running.instanceId, {})).toMatchObject({ status: 'COMPLETED' });
  expect(await fleet.client.task(waiting.id)).toMatchObject({ status: 'PAUSED' });
  await fleet.client.resume(waiting.id, { actor: 'bob' });
  const ended = await fleet.ended(waiting);
  expect(ended).toMatchObject({ status: 'COMPLETED', notes: [{ verb: 'pause', actor: 'bob' }, { verb: 'resume' }] });
  expect(await expectRecordEqualsHypervisor(fleet, running.instanceId)).toMatchObject({ vmState: 'stopped' });
});

test('one that is cancelled while it waits ends ABORTED and never starts', async () => {
  const { running, waiting, letGo } = await oneBehindAnother();
  await fleet.client.cancel(waiting.id, { actor: 'bob', reason: 'not needed' });
  const ended = await fleet.ended(waiting);
  expect(ended).toMatchObject({
    status: 'ABORTED',
    startedAt: null,
    items: [],
    notes: [{ verb: 'cancel', actor: 'bob', reason: 'not needed', refusal: null }],
  });
  await expect(fleet.client.cancel(waiting.id)).rejects.toThrow(TaskVerbRefusedError);
  await letGo();
  await fleet.ended(running);
  expect(await fleet.hypervisors.effects(waiting)).toEqual([]);
  expect(await expectRecordEqualsHypervisor(fleet, running.instanceId)).toMatchObject({ vmState: 'active' });
});

test('one whose instance does not allow it any more when its turn comes is FAILED, and the instance is as it was', async () => {
  const { running, letGo } = await oneBehindAnother();
  const behind = await fleet.client.submit('pause', running.instanceId, {}, { queue: true });
  await letGo();
  expect(await fleet.ended(behind)).toMatchObject({
    status: 'FAILED',
    fault: {
      code: 'NOT_ALLOWED_IN_STATE',
      blame: 'caller',
      message: expect.stringContaining('the instance is stopped'),
    },
  });
  expect(await expectRecordEqualsHypervisor(fleet, running.instanceId)).toMatchObject({ vmState: 'stopped' });
});

test('any number may be asked for, and too many are refused', async () => {
  const { running, letGo } = await oneBehindAnother();
  const { instanceId } = running;
  const askForMore = () => fleet.client.submit('stop', instanceId, {}, { queue: true });
  const waiting: Task[] = [];
  for (let number = 2; number <= 40; number += 1) waiting.push(await askForMore());
  await expect(askForMore()).rejects.toThrow(InstanceBusyError);
  await expect(askForMore()).rejects.toThrow('40 tasks are waiting already');
  const last = waiting.pop();
  for (const { id } of waiting) await fleet.client.cancel(id);
  expect(await fleet.client.task(waiting.at(-1)!.id)).toMatchObject({ status: 'ABORTED' });
  await letGo();
  // By then the first of them has stopped it.
  expect(await fleet.ended(last!)).toMatchObject({ fault: { code: 'NOT_ALLOWED_IN_STATE' } });
  await expectRecordEqualsHypervisor(fleet, instanceId);
});

test('those that wait survive kill -9 of the control worker, in their order', async () => {
  const { running, waiting, letGo } = await oneBehindAnother();
  const last = await fleet.client.submit('start', running.instanceId, {}, { queue: true });
  await fleet.control.restart();
  await letGo();
  const tasks = await Promise.all([running, waiting, last].map((task) => fleet.ended(task)));
  expect(tasks.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
    'reboot COMPLETED',
    'stop COMPLETED',
    'start COMPLETED',
  ]);
  expect(await expectRecordEqualsHypervisor(fleet, running.instanceId)).toMatchObject({ vmState: 'active' });
});
