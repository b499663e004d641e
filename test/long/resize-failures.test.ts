/** A resize that fails at each of its steps in turn leaves nothing behind, and the guest as it was. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { NewFaultRule } from '../../activities/drivers/simulated/fault-rules.ts';
import type { InstanceRecord, Task } from '../../src/client/index.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

type Misbehaviour = Pick<NewFaultRule, 'unit' | 'misbehaviour'>;

interface Case {
  readonly step: string;
  readonly moment: 'before' | 'after';
  readonly to: 'host-1' | 'host-2';
  readonly from?: 'stopped';
  readonly rules: readonly Misbehaviour[];
}

const failing = (step: string, unit: string, to: Case['to'], more: readonly Misbehaviour[] = []): Case[] =>
  (['before', 'after'] as const).map((moment) => ({
    step,
    moment,
    to,
    rules: [{ unit, misbehaviour: { kind: 'fail', moment } }, ...more],
  }));
/** A guest that does not shut down when it is asked to has to be switched off. */
const stubborn: Misbehaviour = { unit: 'shutDownGuest', misbehaviour: { kind: 'ignore' } };

const cases: readonly Case[] = [
  ...(['host-1', 'host-2'] as const).flatMap((to) => [
    ...failing('shutDown', 'shutDownGuest', to),
    ...failing('powerOff', 'powerOffGuest', to, [stubborn]),
    ...failing('copyDisk', 'copyDisk', to),
    ...failing('boot', 'startGuest', to),
  ]),
  ...failing('plug', 'plugNetwork', 'host-2'),
  ...failing('define', 'defineGuest', 'host-2'),
  ...failing('redefine', 'defineGuest', 'host-1'),
  ...failing('define', 'defineGuest', 'host-2').map((stopped) => ({ ...stopped, from: 'stopped' as const })),
];

let fleet: Fleet;
let outcomes: ReadonlyMap<Case, Promise<{ readonly before: InstanceRecord; readonly task: Task }>>;

beforeAll(async () => {
  fleet = await startFleet();
  // All at once: a guest that does not heed the request to shut down is given a minute.
  outcomes = new Map(cases.map((one) => [one, carryOut(one)]));
  for (const outcome of outcomes.values()) outcome.catch(() => undefined);
});
afterAll(() => fleet.dispose());

async function carryOut({ to, from, rules }: Case) {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  if (from === 'stopped') await fleet.run('stop', id, {});
  const before = await fleet.client.get(id);
  for (const rule of rules) await fleet.hypervisors.misbehave({ ...rule, instance: id, direction: 'run' });
  return { before, task: await fleet.run('resize', id, { flavor: 'm1.medium', host: to }) };
}

describe('a step that fails for good', () => {
  test.each(cases)(
    '$step $moment its effect, to $to: no claim, disk or guest is left and the instance is as it was',
    async (one) => {
      const { before, task } = await outcomes.get(one)!;
      expect(task).toMatchObject({ status: 'FAILED', fault: { code: 'HYPERVISOR_ERROR', step: one.step } });
      const after = await expectRecordEqualsHypervisor(fleet, before.id);
      const { vmState, powerState, flavor, residence, pendingResize } = before;
      expect(after).toMatchObject({ vmState, powerState, flavor, residence, pendingResize, taskState: null });
    },
  );
});

describe('the claim', () => {
  test('that no host has room for is NO_VALID_HOST with what was asked and what there was, and nothing was touched', async () => {
    const { id } = await fleet.activeInstance();
    const flavor = { name: 'gigantic', vcpus: 1_000, memoryMb: 2_048, diskGb: 20 };
    const task = await fleet.run('resize', id, { flavor });
    expect(task).toMatchObject({
      status: 'FAILED',
      fault: {
        code: 'NO_VALID_HOST',
        blame: 'capacity',
        message: expect.stringMatching(/gigantic, that is 1000 vcpus/),
      },
    });
    expect(await fleet.hypervisors.effects(task)).toEqual([]);
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('for a host that there is not fails likewise', async () => {
    const { id } = await fleet.activeInstance();
    const task = await fleet.run('resize', id, { flavor: 'm1.medium', host: 'nowhere' });
    expect(task).toMatchObject({ status: 'FAILED', fault: { code: 'NO_VALID_HOST' } });
    await expectRecordEqualsHypervisor(fleet, id);
  });
});

test('the last step, beyond the point of no return, is owed to the old host and paid when its worker comes back', async () => {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'unplugNetwork',
    instance: id,
    direction: 'run',
    misbehaviour: { kind: 'fail' },
  });
  const task = await fleet.run('resize', id, { flavor: 'm1.medium', host: 'host-2' });
  expect(task.status).toBe('COMPLETED');
  expect(task.items.slice(-2)).toMatchObject([
    { step: 'leave', state: 'FAILED' },
    { step: 'leave', state: 'OWED', host: 'host-1' },
  ]);
  expect(await fleet.hypervisors.debts(id)).toMatchObject([{ unit: 'unplugNetwork', purpose: { taskId: task.id } }]);
  await letGo();
  await Promise.all([...outcomes.values()]);
  await fleet.worker('host-1').restart();
  await eventually('the debt is paid', async () => (await fleet.hypervisors.debts(id)).length === 0);
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'resized' });
});
