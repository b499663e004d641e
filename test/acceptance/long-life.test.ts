/** One instance with a long life: its workflow goes on as new again and again, and loses nothing that should be kept. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { IdempotencyConflictError, type Task, type TaskRow } from '../../src/client/index.ts';
import { instanceWorkflowId } from '../../src/model/task.ts';
import { instanceStateQuery } from '../../workflows/messages.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

const rounds = 20;
const perRound = 10;

let fleet: Fleet;
let id: string;
/** Was asked for at the beginning, and waits through all of it. */
let waiting: Task;
/** Ids of all tasks that were asked for and not left waiting, in that order. */
const taskIds: string[] = [];

beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
  id = (await fleet.activeInstance()).id;
  taskIds.push(...(await fleet.client.tasks(id)).map((task) => task.id));
  const letGo = await fleet.hypervisors.misbehave({ unit: 'hardRebootGuest', misbehaviour: { kind: 'hang' } });
  const first = await fleet.client.submit('reboot', id, { type: 'HARD' }, { idempotencyKey: 'the first' });
  taskIds.push(first.id);
  waiting = await fleet.client.submit('stop', id, {}, { queue: true });
  await fleet.client.pause(waiting.id, { actor: 'bob', reason: 'until the end' });
  await letGo();
  await fleet.ended(first);
  for (let round = 1; round <= rounds; round += 1) {
    const tasks = await Promise.all(
      Array.from({ length: perRound }, () => fleet.client.submit('reboot', id, { type: 'SOFT' }, { queue: true })),
    );
    const ended: Task[] = [];
    for (const task of tasks) ended.push(await fleet.ended(task));
    taskIds.push(...ended.sort(byStart).map((task) => task.id));
  }
}, 600_000);
afterAll(() => fleet.dispose());

const byStart = (a: Task, b: Task): number => Date.parse(a.startedAt ?? '') - Date.parse(b.startedAt ?? '');

/** The tasks of the log, once the last end is booked. */
const logged = () =>
  eventually('the last task is booked', async () => {
    const tasks = await fleet.client.tasks(id);
    const ended = tasks.filter((task) => task.id !== waiting.id);
    return ended.every(({ status }) => status === 'COMPLETED') && ended;
  });

async function allRows(): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  let page: string | null = null;
  do {
    const found = await fleet.client.listTasks({ instanceId: id, limit: 50, ...(page !== null && { page }) });
    rows.push(...found.rows);
    page = found.next;
  } while (page !== null);
  return rows;
}

test('its workflow has gone on as new, and what it carries is bounded', async () => {
  const { runId, raw } = await fleet.temporal.workflow.getHandle(instanceWorkflowId(id)).describe();
  expect(raw.workflowExecutionInfo?.firstRunId).not.toBe(runId);
  const state = await fleet.temporal.workflow.getHandle(instanceWorkflowId(id)).query(instanceStateQuery);
  expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(256 * 1024);
});

test('every task was carried out, once', async () => {
  expect(new Set(taskIds).size).toBe(2 + rounds * perRound);
  const keys = (await fleet.hypervisors.journal(id)).map(({ key }) => key.split('/')[0]);
  expect(new Set(keys)).toEqual(new Set(taskIds));
  const reboots = (await fleet.hypervisors.journal(id)).filter(({ effect }) => /reset|rebooted/.test(effect));
  expect(reboots).toHaveLength(1 + rounds * perRound);
  await expectRecordEqualsHypervisor(fleet, id);
});

describe('the log', () => {
  test('has the newest tasks without a gap', async () => {
    const tasks = await logged();
    expect(tasks.length).toBeGreaterThan(50);
    expect(new Set(tasks.map((task) => task.id))).toEqual(new Set(taskIds.slice(-tasks.length)));
  });

  test('has left out old tasks, which are found by their ids, with all that is known of them', async () => {
    const inLog = new Set((await logged()).map((task) => task.id));
    const older = taskIds.filter((taskId) => !inLog.has(taskId));
    expect(older.length).toBeGreaterThan(0);
    for (const taskId of older) {
      const task = await fleet.client.task(taskId);
      expect(task).toMatchObject({ id: taskId, instanceId: id, status: 'COMPLETED', actor: 'alice' });
      expect(task.items.length).toBeGreaterThan(0);
    }
  });

  test('and the list of tasks know them all together', async () => {
    const rows = await eventually('the list has all tasks', async () => {
      const found = await allRows();
      return found.length >= taskIds.length && found;
    });
    expect(rows.map((row) => row.id).sort()).toEqual([...taskIds].sort());
    expect(rows.filter(({ status }) => status !== 'COMPLETED')).toEqual([]);
  });
});

describe('an idempotency key of a task that has left the log', () => {
  const options = { idempotencyKey: 'the first' };

  test('still finds its task', async () => {
    const task = await fleet.client.submit('reboot', id, { type: 'HARD' }, options);
    expect(task).toMatchObject({ id: taskIds[1], status: 'COMPLETED' });
    expect((await fleet.client.task(task.id)).items.length).toBeGreaterThan(0);
  });

  test('is still an error with another body', async () => {
    await expect(fleet.client.submit('reboot', id, { type: 'SOFT' }, options)).rejects.toThrow(
      IdempotencyConflictError,
    );
  });
});

test('a task that has waited all the time still waits, and is carried out in the end', async () => {
  expect(await fleet.client.task(waiting.id)).toMatchObject({ status: 'PAUSED', notes: [{ actor: 'bob' }] });
  await fleet.client.resume(waiting.id);
  expect(await fleet.ended(waiting)).toMatchObject({ status: 'COMPLETED' });
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'stopped' });
});
