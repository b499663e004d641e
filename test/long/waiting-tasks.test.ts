/** Tasks that wait, for a time or for another task, outlive the run of their instance, and the instance itself. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { instanceWorkflowId } from '../../src/model/task.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { handOver } from '../support/hand-over.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
});
afterAll(() => fleet.dispose());

async function waitingStop(startAt: string): Promise<Task> {
  const { id } = await fleet.activeInstance();
  return fleet.client.submit('stop', id, {}, { startAt });
}

/** Expects that the task waits as before, and is carried out, but not before its time. */
async function expectStillWaiting({ id, instanceId, startAt = '' }: Task): Promise<void> {
  expect(await fleet.client.task(id)).toMatchObject({ status: 'QUEUED', startAt });
  const ended = await fleet.ended(id);
  expect(ended).toMatchObject({ status: 'COMPLETED', startAt });
  expect((ended.startedAt ?? '') >= startAt).toBe(true);
  expect(await expectRecordEqualsHypervisor(fleet, instanceId)).toMatchObject({ vmState: 'stopped' });
}

test('a task waits for its time while its instance hands over to a new run', async () => {
  const waiting = await waitingStop('20s');
  await handOver(fleet, waiting.instanceId);
  await expectStillWaiting(waiting);
});

test('a task waits for its time while its instance is lost and rebuilt', async () => {
  const waiting = await waitingStop('15s');
  await fleet.temporal.workflow.getHandle(instanceWorkflowId(waiting.instanceId)).terminate();
  await fleet.client.rebuild(waiting.instanceId);
  await expectStillWaiting(waiting);
});

test('a task waits for one of another instance while its own goes on and hands over to a new run', async () => {
  const [one, other] = [await fleet.activeInstance(), await fleet.activeInstance()];
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'hardRebootGuest',
    instance: one.id,
    misbehaviour: { kind: 'hang' },
  });
  const preceding = await fleet.client.submit('reboot', one.id, { type: 'HARD' });
  const waiting = await fleet.client.submit('stop', other.id, {}, { after: preceding.id });
  expect(await fleet.run('reboot', other.id, { type: 'SOFT' })).toMatchObject({ status: 'COMPLETED' });
  await handOver(fleet, other.id);
  expect(await fleet.client.task(waiting.id)).toMatchObject({ status: 'QUEUED' });
  await letGo();
  expect(await fleet.ended(waiting)).toMatchObject({ status: 'COMPLETED' });
});
