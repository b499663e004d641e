/** What a kill -9 does to a real Nova, done to ours: every task is carried through, and nothing of it stays open. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { killCases, type KillCase } from './cases.ts';

/** A worker has 40 s to be back: on a busy machine it takes its time to start. */
const deadlineScale = 2;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

/** Brings an instance to where the operation starts from; returns what asks for it. */
async function prepare({ operation, input, first }: KillCase): Promise<() => Promise<Task>> {
  const wanted = { name: operation, flavor: 'm1.small', image: 'cirros', host: 'host-1' };
  if (operation === 'create') return () => fleet.client.create(wanted, { deadlineScale });
  const { id } = await fleet.activeInstance(wanted);
  for (const before of first) {
    const task = await fleet.ended(await fleet.client.request(before.operation, id, before.input));
    expect(task.status).toBe('COMPLETED');
  }
  return () => fleet.client.request(operation, id, input, { deadlineScale });
}

/** Has the operations asked for, and waits until each is in the middle of the unit in which its worker is to be killed. */
async function inTheMiddleOf(cases: readonly KillCase[]): Promise<Map<KillCase, Task>> {
  const requests = await Promise.all(cases.map(prepare));
  for (const { operation, step } of cases) {
    await fleet.hypervisors.misbehave({ unit: operation, step, misbehaviour: { kind: 'delay', duration: '3s' } });
  }
  const tasks = await Promise.all(requests.map((request) => request()));
  await Promise.all(tasks.map(({ id }, index) => fleet.untilInUnit(id, cases[index]?.step ?? '')));
  return new Map(cases.flatMap((one, index) => (tasks[index] === undefined ? [] : [[one, tasks[index]]])));
}

async function expectCarriedThrough({ leadsTo }: KillCase, { id, requestId }: Task): Promise<void> {
  const { status, fault, instanceId } = await fleet.ended(id);
  expect({ status, fault }).toEqual({ status: 'COMPLETED', fault: null });
  const { vmState, taskState } = await fleet.client.get(instanceId);
  expect({ vmState, taskState }).toEqual({ vmState: leadsTo, taskState: null });
  if (leadsTo === 'deleted') await expectNothingLeft(fleet, instanceId);
  else await expectRecordEqualsHypervisor(fleet, instanceId);

  const { message, events } = await fleet.client.instanceAction(instanceId, requestId);
  expect(message).toBeNull();
  expect(events.length).toBeGreaterThan(0);
  for (const event of events) expect(event).toMatchObject({ finishTime: expect.any(String), result: 'Success' });
}

describe.each([
  { killed: 'nova-compute', ours: 'the workers of both hosts' },
  { killed: 'nova-conductor', ours: 'the control worker' },
] as const)('kill -9 of $ours in the middle of', ({ killed }) => {
  const cases = killCases.filter((one) => one.killed === killed);
  let tasks: Map<KillCase, Task>;
  beforeAll(async () => {
    tasks = await inTheMiddleOf(cases);
    const victims =
      killed === 'nova-compute' ? fleet.hypervisors.hosts.map((name) => fleet.worker(name)) : [fleet.control];
    await Promise.all(victims.map((victim) => victim.restart()));
  });

  test.each(cases)('$words: it is carried through to $leadsTo', async (one) => {
    const task = tasks.get(one);
    if (task === undefined) throw new Error('it was not asked for');
    await expectCarriedThrough(one, task);
  });
});

test('they are the nineteen in which Nova was measured', () => {
  expect(killCases.filter(({ killed }) => killed === 'nova-compute')).toHaveLength(16);
  expect(killCases.filter(({ killed }) => killed === 'nova-conductor')).toHaveLength(3);
});
