/** Tasks of hosts: a host is drained and evacuated, carefully, each instance through its own door. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  IdempotencyConflictError,
  InvalidInputError,
  NotFoundError,
  RefusedError,
  type HostTask,
  type HostTaskRequestOptions,
} from '../../src/client/index.ts';
import { hostTaskWorkflowId } from '../../src/model/task.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1', 'host-2', 'host-3'] });
});
afterEach(async () => {
  await fleet.hypervisors.behave();
  await fleet.client.setMaintenance('host-1', false);
});
afterAll(() => fleet.dispose());

const host = 'host-1';

/** So many instances that run on the host, the one first that came first, and nothing else there. */
async function instances(count: number): Promise<string[]> {
  for (const { instanceId } of (await fleet.client.host(host)).claims) await fleet.run('delete', instanceId, {});
  const named = Array.from({ length: count }, (_, index) => ({ host, name: `vm-${index + 1}` }));
  await Promise.all(named.map((wanted) => fleet.activeInstance(wanted)));
  return (await fleet.client.host(host)).claims.map(({ instanceId }) => instanceId);
}

const drained = async (options: HostTaskRequestOptions = {}): Promise<HostTask> => {
  const { hostTasks } = fleet.client;
  return hostTasks.waitFor(await hostTasks.drain(host, { actor: 'bob', reason: 'new memory', ...options }));
};
const hostOf = async (id: string) => (await expectRecordEqualsHypervisor(fleet, id)).residence?.host;
const hostsOf = async (ids: readonly string[]) => Promise.all(ids.map(hostOf));
/** When the task of each instance ran that was asked for by the host's task. */
async function partsOf({ id }: HostTask): Promise<{ readonly from: string; readonly to: string }[]> {
  const { rows } = await eventually('all parts are listed', async () => {
    const page = await fleet.client.listTasks({ parentTask: id });
    return page.rows.length > 0 && page.rows.every(({ endedAt }) => endedAt !== null) && page;
  });
  return rows.map(({ startedAt, endedAt }) => ({ from: startedAt, to: endedAt ?? '' }));
}
const atOnce = (parts: readonly { readonly from: string; readonly to: string }[]): number =>
  Math.max(...parts.map(({ from }) => parts.filter((other) => other.from <= from && from < other.to).length));

describe('a host that is drained', () => {
  test('is in maintenance and has no instance any more; those that ran have run on', async () => {
    const ids = await instances(3);
    const [, stopped = '', locked = ''] = ids;
    await fleet.run('stop', stopped, {});
    await fleet.run('lock', locked, {});
    const task = await drained();
    expect(task).toMatchObject({
      status: 'COMPLETED',
      done: 3,
      failed: 0,
      refused: 0,
      actor: 'bob',
      reason: 'new memory',
    });
    expect(await hostsOf(ids)).not.toContain(host);
    expect(await fleet.client.get(stopped)).toMatchObject({ vmState: 'stopped', pendingResize: null });
    expect(await fleet.client.host(host)).toMatchObject({ maintenance: true, claims: [], task: null });
    const [moved] = (await fleet.client.tasks(ids[0] ?? '')).slice(-1);
    expect(moved).toMatchObject({ operation: 'liveMigrate', actor: 'bob', reason: 'new memory', hostTask: task.id });
  });

  test('has one instance moved first, alone, and never more at once than was asked for', async () => {
    await instances(6);
    await fleet.hypervisors.misbehave({ unit: 'liveMigrateGuest', misbehaviour: { kind: 'delay', duration: '500ms' } });
    const task = await drained({ concurrency: 2, canaries: 1 });
    expect(task).toMatchObject({ status: 'COMPLETED', done: 6 });
    const parts = (await partsOf(task)).toSorted((a, b) => a.from.localeCompare(b.from));
    expect(parts).toHaveLength(6);
    expect(atOnce(parts)).toBe(2);
    const [canary, ...others] = parts;
    expect(others.every(({ from }) => from >= (canary?.to ?? ''))).toBe(true);
  });

  test('keeps all others when the first fails, and carries on when it is asked again', async () => {
    const ids = await instances(3);
    const misbehaviour = { kind: 'fail' } as const;
    const letGo = await fleet.hypervisors.misbehave({ unit: 'liveMigrateGuest', direction: 'run', misbehaviour });
    const task = await drained();
    expect(task).toMatchObject({ status: 'FAILED', stoppedBy: 'one of the first has failed', done: 0, failed: 1 });
    expect(task.problems).toMatchObject([{ kind: 'failed', message: expect.stringMatching(/^HYPERVISOR_ERROR: /) }]);
    expect(await hostsOf(ids)).toEqual([host, host, host]);
    await letGo();
    expect(await drained()).toMatchObject({ status: 'COMPLETED', done: 3 });
    expect(await hostsOf(ids)).not.toContain(host);
  });

  test('stops when too many fail', async () => {
    const ids = await instances(5);
    for (const instance of ids.slice(1))
      await fleet.hypervisors.misbehave({
        unit: 'liveMigrateGuest',
        instance,
        direction: 'run',
        misbehaviour: { kind: 'fail' },
      });
    const task = await drained({ canaries: 0, concurrency: 1, maxFailures: 2 });
    expect(task).toMatchObject({ status: 'FAILED', stoppedBy: '2 have failed', done: 1, failed: 2 });
    expect((await hostsOf(ids)).filter((name) => name === host)).toHaveLength(4);
  });

  test('waits for what runs on an instance, and counts none that has left by itself', async () => {
    const [leaving = '', rebooting = '', deleted = ''] = await instances(3);
    const { hypervisors, client } = fleet;
    const slow = { kind: 'delay', duration: '1h' } as const;
    const letGo = await hypervisors.misbehave({ unit: 'liveMigrateGuest', instance: leaving, misbehaviour: slow });
    const letReboot = await hypervisors.misbehave({ unit: 'hardRebootGuest', misbehaviour: slow });
    const own = await client.request('liveMigrate', leaving, {});
    await client.request('reboot', rebooting, { type: 'HARD' });
    const task = await client.hostTasks.drain(host, { canaries: 0, concurrency: 3 });
    const running = await eventually('it waits for both', async () => {
      const { running: parts } = await client.hostTasks.get(host);
      return parts.filter(({ instanceId }) => instanceId !== deleted).length === 2 && parts;
    });
    expect(running).toContainEqual(expect.objectContaining({ instanceId: leaving, taskId: own.id }));
    await client.request('delete', deleted, {});
    await letGo();
    await letReboot();
    const ended = await client.hostTasks.waitFor(task);
    expect(ended).toMatchObject({ status: 'COMPLETED', failed: 0, refused: 0, problems: [] });
    expect((await client.tasks(leaving)).map(({ operation }) => operation)).toEqual(['create', 'liveMigrate']);
    expect(await hostsOf([leaving, rebooting])).not.toContain(host);
    expect((await client.host(host)).claims).toEqual([]);
  });

  test('puts an instance back that it waited for when it is paused', async () => {
    const [busy = ''] = await instances(1);
    const letReboot = await fleet.hypervisors.misbehave({
      unit: 'hardRebootGuest',
      misbehaviour: { kind: 'delay', duration: '1h' },
    });
    await fleet.client.request('reboot', busy, { type: 'HARD' });
    const { hostTasks } = fleet.client;
    const task = await hostTasks.drain(host);
    const state = (what: string, holds: (now: HostTask) => boolean) =>
      eventually(what, async () => holds(await hostTasks.get(host)));
    await state('it waits for the reboot', ({ running }) => running.length === 1);
    await hostTasks.pause(host);
    await state(
      'it is paused',
      ({ status, waiting, running }) => status === 'PAUSED' && waiting + running.length === 1,
    );
    expect(await pausedTasks()).toEqual([hostTaskWorkflowId(host, task.id)]);
    await letReboot();
    await hostTasks.resume(host);
    expect(await hostTasks.waitFor(task)).toMatchObject({ status: 'COMPLETED', done: 1 });
    expect(await pausedTasks()).toEqual([]);
  });

  test('names the instances that cannot be moved, and why', async () => {
    const [suspended = '', running = ''] = await instances(2);
    await fleet.run('suspend', suspended, {});
    const task = await drained();
    expect(task).toMatchObject({ status: 'FAILED', stoppedBy: null, done: 1, refused: 1 });
    expect(task.problems).toMatchObject([
      { instanceId: suspended, kind: 'refused', message: expect.stringContaining('suspended') },
    ]);
    expect((await fleet.client.get(running)).residence?.host).not.toBe(host);
  });
});

/** Workflows that Temporal lists as paused tasks, once it has caught up. */
async function pausedTasks(): Promise<string[]> {
  await delay(1_000);
  const found: string[] = [];
  for await (const { workflowId } of fleet.temporal.workflow.list({ query: `TaskStatus = 'PAUSED'` }))
    found.push(workflowId);
  return found;
}

describe('the task of a host', () => {
  /** A drain of three that is held in the first. */
  async function held(): Promise<{
    readonly ids: string[];
    readonly task: HostTask;
    readonly letGo: () => Promise<void>;
  }> {
    const ids = await instances(3);
    const misbehaviour = { kind: 'delay', duration: '1h' } as const;
    const letGo = await fleet.hypervisors.misbehave({ unit: 'liveMigrateGuest', misbehaviour });
    const task = await fleet.client.hostTasks.drain(host, {});
    await eventually(
      'the first is being moved',
      async () => (await fleet.client.hostTasks.get(host)).running.length === 1,
    );
    return { ids, task, letGo };
  }

  test('begins with nothing while it is paused, and goes on when it is resumed', async () => {
    const { task, letGo } = await held();
    const { hostTasks } = fleet.client;
    await hostTasks.pause(host, { actor: 'bob', reason: 'lunch' });
    await letGo();
    const paused = await eventually('it is paused', async () => {
      const now = await hostTasks.get(host);
      return now.status === 'PAUSED' && now;
    });
    expect(paused).toMatchObject({ done: 1, running: [], waiting: 2 });
    await expect(hostTasks.pause(host)).rejects.toThrow('it is paused already');
    await hostTasks.resume(host);
    expect(await hostTasks.waitFor(task)).toMatchObject({
      status: 'COMPLETED',
      done: 3,
      notes: [{ verb: 'pause', actor: 'bob', reason: 'lunch' }, { verb: 'resume' }],
    });
  });

  test('that is cancelled lets end what runs, and begins with no other', async () => {
    const { ids, task, letGo } = await held();
    await fleet.client.hostTasks.cancel(host);
    await letGo();
    expect(await fleet.client.hostTasks.waitFor(task)).toMatchObject({ status: 'ABORTED', done: 1, failed: 0 });
    expect((await hostsOf(ids)).filter((name) => name === host)).toHaveLength(2);
    await expect(fleet.client.hostTasks.cancel(host)).rejects.toThrow(RefusedError);
  });

  test('is the only one of its host, until it has ended, even from outside', async () => {
    const { task, letGo } = await held();
    const again = fleet.client.hostTasks.drain(host, {});
    await expect(again).rejects.toThrow(RefusedError);
    await expect(again).rejects.toThrow(`drainHost (task ${task.id}) runs on ${host}`);
    expect((await fleet.client.hostTasks.drain(host, { id: task.id })).id).toBe(task.id);
    await fleet.temporal.workflow.getHandle(hostTaskWorkflowId(host, task.id)).terminate();
    const ended = { id: task.id, status: 'FAILED', running: [], stoppedBy: 'it was ended from outside' };
    expect(await fleet.client.hostTasks.get(host)).toMatchObject(ended);
    expect(await fleet.client.hostTasks.waitFor(task)).toMatchObject(ended);
    await letGo();
    await eventually('the first has been moved', async () => (await fleet.client.host(host)).claims.length === 2);
    expect(await drained()).toMatchObject({ status: 'COMPLETED', done: 2 });
  });

  test('is one, however many are asked for at once', async () => {
    await instances(1);
    const { hostTasks } = fleet.client;
    const asked = await Promise.allSettled([1, 2, 3].map(() => hostTasks.drain(host)));
    const taken = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(taken).toHaveLength(1);
    const problems = asked.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
    expect(problems).toEqual(
      Array(2).fill(expect.stringContaining(`drainHost (task ${taken[0]?.id}) runs on ${host}`)),
    );
    for (const task of taken) expect(await hostTasks.waitFor(task)).toMatchObject({ status: 'COMPLETED' });
  });

  test('is found again under its id when it has ended, and nothing is begun anew', async () => {
    const [id = ''] = await instances(1);
    const task = await drained();
    await fleet.client.setMaintenance(host, false);
    const again = await fleet.client.hostTasks.drain(host, { id: task.id });
    expect(again).toEqual(task);
    expect(await fleet.client.host(host)).toMatchObject({ maintenance: false, task: null });
    expect((await fleet.client.tasks(id)).map(({ operation }) => operation)).toEqual(['create', 'liveMigrate']);
    const other = fleet.client.hostTasks.drain(host, { id: task.id, concurrency: 7 });
    await expect(other).rejects.toThrow(IdempotencyConflictError);
  });

  test('goes on when the control worker is killed, and asks no instance twice', async () => {
    const { ids, task, letGo } = await held();
    await fleet.control.restart();
    await letGo();
    expect(await fleet.client.hostTasks.waitFor(task)).toMatchObject({ status: 'COMPLETED', done: 3 });
    for (const id of ids)
      expect((await fleet.client.tasks(id)).map(({ operation }) => operation)).toEqual(['create', 'liveMigrate']);
  });

  test('is refused where it makes no sense, with what would', async () => {
    const { hostTasks } = fleet.client;
    await expect(hostTasks.evacuate(host)).rejects.toThrow(`${host} is not fenced`);
    await expect(hostTasks.drain('host-9')).rejects.toThrow(NotFoundError);
    await expect(hostTasks.drain(host, { concurrency: 0 })).rejects.toThrow(InvalidInputError);
    await expect(hostTasks.get('host-2')).rejects.toThrow('host-2 has no task, and had none lately');
  });
});

test('a host that was fenced is evacuated, and comes back without its instances', async () => {
  const ids = await instances(4);
  const { hostTasks } = fleet.client;
  await fleet.worker(host).kill();
  const fenced = () => fleet.client.fenceHost(host, { actor: 'bob', reason: 'power is cut' }).then(() => true);
  await eventually('the host counts as dead', fenced);
  await expect(hostTasks.drain(host)).rejects.toThrow(`no worker of ${host} is alive`);
  const evacuated = await hostTasks.waitFor(await hostTasks.evacuate(host, { concurrency: 3 }));
  expect(evacuated).toMatchObject({ kind: 'evacuateHost', status: 'COMPLETED', done: 4, failed: 0 });
  await fleet.worker(host).start();
  expect(await hostsOf(ids)).not.toContain(host);
  expect(await fleet.client.host(host)).toMatchObject({ claims: [], debts: [], fenced: null, serving: true });
});
