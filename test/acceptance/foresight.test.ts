/** What is said beforehand, and while a task runs: plans, previews of cancels, progress and the time left. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { InstanceTasks, type Task, type TaskChange } from '../../src/client/index.ts';
import { hostWorkflowId, instanceWorkflowId } from '../../src/model/task.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const toHost2 = { flavor: 'm1.medium', host: 'host-2' };
const gigantic = { name: 'gigantic', vcpus: 10_000, memoryMb: 10_000, diskGb: 1_000 };

/** A resize that is held while it copies the disk. */
async function heldResize(): Promise<Task> {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  await fleet.hypervisors.misbehave({
    unit: 'copyDisk',
    instance: id,
    misbehaviour: { kind: 'delay', duration: '1m' },
  });
  const task = await fleet.client.submit('resize', id, toHost2);
  await fleet.untilInUnit(task.id, 'copyDisk');
  return task;
}

/** A client that has been told nothing yet, for the time of a test. */
async function withNewClient<Result>(use: (client: InstanceTasks) => Promise<Result>): Promise<Result> {
  const { address, namespace } = fleet.surroundings;
  const client = await InstanceTasks.connect({ address, namespace });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** Waits until something is known of an operation, and returns that. */
const untilLearned = (operation: string) =>
  eventually(`${operation} is known`, () => withNewClient((client) => client.durations(operation)));

/** All that has ever happened to the instance and the hosts, as far as there is a history of it. */
async function traces(instanceId: string) {
  const workflows = [instanceWorkflowId(instanceId), ...fleet.hypervisors.hosts.map(hostWorkflowId)];
  const described = workflows.map((id) => fleet.temporal.workflow.getHandle(id).describe());
  const histories = (await Promise.all(described)).map(({ runId, historyLength }) => [runId, historyLength]);
  const { count } = await fleet.temporal.workflow.count(`InstanceId = '${instanceId}'`);
  return { histories, count, belongings: await fleet.hypervisors.belongings(instanceId) };
}

describe('a plan', () => {
  test('leaves no trace, and is what the operation then does', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const before = await eventually('visibility has the create', async () => {
      const found = await traces(id);
      return found.count === 2 && found;
    });
    const plan = await fleet.client.plan('migrate', id, {});
    expect(await traces(id)).toEqual(before);
    expect(plan).toMatchObject({ verdict: 'start', problem: null, couldStart: true, capacity: [{ host: 'host-2' }] });

    const { items } = await fleet.run('migrate', id, {});
    const foreseen = new Map(plan.steps.map(({ name, applies }) => [name, applies.known ? applies.value : 'open']));
    expect([...foreseen.keys()]).toEqual(items.map(({ step }) => step));
    for (const { step, state } of items) {
      expect(['open', state !== 'SKIPPED']).toContain(foreseen.get(step));
    }
  });

  test('says what is in the way, and that the request could wait for its turn', async () => {
    const task = await heldResize();
    const plan = await fleet.client.plan('stop', task.instanceId, {});
    expect(plan).toMatchObject({
      verdict: 'refuse',
      couldStart: false,
      problem: { type: 'InstanceBusy', inTheWay: { taskId: task.id, step: 'copyDisk' } },
    });
    const waiting = await fleet.client.plan('stop', task.instanceId, {}, { queue: true });
    expect(waiting).toMatchObject({ verdict: 'queue', couldStart: true });
    await fleet.client.cancel(task.id);
    await fleet.ended(task);
  });

  test('says that no host has room, as the task would find out', async () => {
    const { id } = await fleet.activeInstance();
    const plan = await fleet.client.plan('resize', id, { flavor: gigantic });
    expect(plan).toMatchObject({ verdict: 'start', couldStart: false, capacity: [{ step: 'claim', host: null }] });
    const { fault } = await fleet.run('resize', id, { flavor: gigantic });
    expect(fault).toMatchObject({ code: 'NO_VALID_HOST' });
    expect(fault?.message).toContain(plan.capacity[0]?.refusal ?? 'nothing');
  });
});

test('the preview of a cancel is what the cancel then does', async () => {
  const task = await heldResize();
  const preview = await fleet.client.cancelPreview(task.id);
  expect(preview).toMatchObject({ refusal: null, irreversible: [] });
  await fleet.client.cancel(task.id);
  expect(await fleet.client.cancelPreview(task.id)).toMatchObject({ refusal: expect.any(String) });
  const { status, items } = await fleet.ended(task);
  expect(status).toBe('ABORTED');
  const undone = items.filter(({ direction }) => direction === 'undo');
  expect(undone.map(({ step, unit }) => ({ name: step, unit }))).toEqual(
    preview.toUndo.map(({ name, unit }) => ({ name, unit })),
  );
});

describe('what tasks have taken', () => {
  test('is known to those that come: the second one has an estimate', async () => {
    const { id } = await fleet.activeInstance();
    await withNewClient(async (client) => {
      const first = await client.submit('suspend', id, {});
      expect((await client.plan('suspend', id, {})).past).toBeNull();
      expect(await fleet.ended(first)).not.toHaveProperty('expectedMs');
    });
    await untilLearned('suspend');
    await fleet.run('resume', id, {});
    await fleet.hypervisors.misbehave({ unit: 'suspendGuest', instance: id, misbehaviour: { kind: 'hang' } });
    await withNewClient(async (client) => {
      expect((await client.plan('suspend', id, {})).past).toMatchObject({ count: 1 });
      const second = await client.submit('suspend', id, {});
      expect(second.expectedMs).toEqual({ save: expect.any(Number) });
      expect((await client.outlook(second)).remainingMs).toEqual(expect.any(Number));
      await client.cancel(second.id);
      await fleet.ended(second);
    });
  });

  test('survives a kill -9 of the control worker', async () => {
    const { id } = await fleet.activeInstance();
    await fleet.run('reboot', id, { type: 'HARD' });
    const known = await untilLearned('reboot');
    await fleet.control.restart();
    expect(await untilLearned('reboot')).toEqual(known);
  });

  test('is told as well by a control worker that is asked to end', async () => {
    const { id } = await fleet.activeInstance();
    await fleet.run('pause', id, {});
    await fleet.control.stop();
    await fleet.control.start();
    await untilLearned('pause');
  });
});

test('progress never runs backwards while a task is watched, also when a unit fails once and is tried again', async () => {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const slow = { unit: 'copyDisk', instance: id, misbehaviour: { kind: 'delay', duration: '2s' } } as const;
  const flaky = {
    unit: 'copyDisk',
    instance: id,
    misbehaviour: { kind: 'failTimes', times: 1, moment: 'after' },
  } as const;
  await fleet.hypervisors.misbehave(slow);
  await fleet.hypervisors.misbehave(flaky);
  const task = await fleet.client.submit('resize', id, toHost2);
  const changes: TaskChange[] = [];
  for await (const change of fleet.client.watch(task, { progressEveryMs: 200 })) changes.push(change);
  const attempts = changes.flatMap((change) => (change.kind === 'progress' ? [change.attempt] : []));
  expect(attempts).toEqual(expect.arrayContaining([1, 2]));
  const told = changes.map(({ outlook }) => outlook.progress);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(new Set(told).size).toBeGreaterThan(5);
  expect(told.at(-1)).toBe(1);
});
