/** Tasks that start after another one has completed, of the same instance or of another. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { taskWorkflowId } from '../../src/model/task.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

interface Chain {
  readonly preceding: Task;
  readonly waiting: Task;
  readonly letGo: () => Promise<void>;
}

/** A reboot that runs until it is let go, and a stop that comes after it: of the same instance or of another one. */
async function chain(whose: 'same' | 'other'): Promise<Chain> {
  const { id } = await fleet.activeInstance();
  const other = whose === 'same' ? id : (await fleet.activeInstance()).id;
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'hardRebootGuest',
    instance: id,
    misbehaviour: { kind: 'hang' },
  });
  const preceding = await fleet.client.submit('reboot', id, { type: 'HARD' });
  await fleet.untilInUnit(preceding.id, 'hardReboot');
  return { preceding, waiting: await fleet.client.submit('stop', other, {}, { after: preceding.id }), letGo };
}

describe.each(['same', 'other'] as const)('a task that comes after one of the %s instance', (whose) => {
  test('starts when that has completed', async () => {
    const { preceding, waiting, letGo } = await chain(whose);
    expect(waiting).toMatchObject({ status: 'QUEUED', after: preceding.id });
    await letGo();
    const [first, second] = [await fleet.ended(preceding), await fleet.ended(waiting)];
    expect([first.status, second.status]).toEqual(['COMPLETED', 'COMPLETED']);
    expect(second.startedAt! >= first.endedAt!).toBe(true);
    expect(await expectRecordEqualsHypervisor(fleet, waiting.instanceId)).toMatchObject({ vmState: 'stopped' });
  });

  test('starts at once when that has completed long since', async () => {
    const { preceding, waiting, letGo } = await chain(whose);
    await letGo();
    await fleet.ended(waiting);
    const next = await fleet.client.submit('start', waiting.instanceId, {}, { after: preceding.id });
    expect(await fleet.ended(next)).toMatchObject({ status: 'COMPLETED' });
  });

  test('fails when that does, and so does what comes after it', async () => {
    const { preceding, waiting } = await chain(whose);
    const last = await fleet.client.submit('start', waiting.instanceId, {}, { after: waiting.id });
    await fleet.client.cancel(preceding.id);
    expect(await fleet.ended(preceding)).toMatchObject({ status: 'ABORTED' });
    for (const [task, remark] of [
      [waiting, `Task ${preceding.id} is ABORTED.`],
      [last, `Task ${waiting.id} is FAILED.`],
    ] as const) {
      expect(await fleet.ended(task)).toMatchObject({
        status: 'FAILED',
        startedAt: null,
        fault: { code: 'PRECEDING_TASK_FAILED', blame: 'caller', message: expect.stringContaining(remark) },
      });
    }
    expect(await expectRecordEqualsHypervisor(fleet, waiting.instanceId)).toMatchObject({ vmState: 'active' });
  });

  test('is retried at once, whatever became of that', async () => {
    const { preceding, waiting } = await chain(whose);
    await fleet.client.cancel(preceding.id);
    await fleet.ended(preceding);
    await fleet.ended(waiting);
    expect(await fleet.ended(await fleet.client.retry(waiting.id))).toMatchObject({ status: 'COMPLETED' });
  });

  test('can be cancelled, and paused and resumed', async () => {
    const { preceding, waiting, letGo } = await chain(whose);
    const dropped = await fleet.client.submit('pause', waiting.instanceId, {}, { after: preceding.id });
    await fleet.client.pause(waiting.id);
    await fleet.client.cancel(dropped.id);
    await letGo();
    await fleet.ended(preceding);
    expect(await fleet.run('pause', waiting.instanceId, {})).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.run('unpause', waiting.instanceId, {})).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.client.task(waiting.id)).toMatchObject({ status: 'PAUSED' });
    await fleet.client.resume(waiting.id);
    expect(await fleet.ended(waiting)).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.client.task(dropped.id)).toMatchObject({ status: 'ABORTED', startedAt: null });
  });

  test('fails when that was terminated', async () => {
    const { preceding, waiting } = await chain(whose);
    await fleet.temporal.workflow.getHandle(taskWorkflowId(preceding.id)).terminate();
    expect(await fleet.ended(waiting)).toMatchObject({ fault: { code: 'PRECEDING_TASK_FAILED' } });
  });
});

test('it survives kill -9 of the control worker', async () => {
  const { waiting, letGo } = await chain('other');
  await fleet.control.restart();
  await letGo();
  expect(await fleet.ended(waiting)).toMatchObject({ status: 'COMPLETED' });
});

test('it may come after one that itself waits for its time, on another instance', async () => {
  const [one, other] = [await fleet.activeInstance(), await fleet.activeInstance()];
  const first = await fleet.client.submit('stop', one.id, {}, { startAt: '2s' });
  const second = await fleet.client.submit('stop', other.id, {}, { after: first.id });
  expect(await fleet.ended(second)).toMatchObject({ status: 'COMPLETED' });
  expect(await fleet.client.task(first.id)).toMatchObject({ status: 'COMPLETED' });
});

test('it fails when one that waited on another instance never starts', async () => {
  const [one, other] = [await fleet.activeInstance(), await fleet.activeInstance()];
  const first = await fleet.client.submit('stop', one.id, {}, { startAt: '1h' });
  const second = await fleet.client.submit('stop', other.id, {}, { after: first.id });
  await fleet.client.cancel(first.id);
  expect(await fleet.ended(second)).toMatchObject({ fault: { code: 'PRECEDING_TASK_FAILED' } });
});

test('it fails when there is no such task', async () => {
  const { id } = await fleet.activeInstance();
  const after = '00000000-0000-4000-8000-000000000000';
  expect(await fleet.ended(await fleet.client.submit('stop', id, {}, { after }))).toMatchObject({
    status: 'FAILED',
    fault: { code: 'PRECEDING_TASK_FAILED', message: expect.stringContaining(`There is no task ${after}.`) },
  });
});

test('it may have to wait for a time as well', async () => {
  const { waiting, letGo } = await chain('same');
  const last = await fleet.client.submit('start', waiting.instanceId, {}, { after: waiting.id, startAt: '3s' });
  await letGo();
  const ended = await fleet.ended(last);
  expect(ended).toMatchObject({ status: 'COMPLETED' });
  expect(ended.startedAt! >= last.startAt!).toBe(true);
});
