/** What a worker finds on its hypervisor when it starts, and what becomes of guests that stop where they shall not. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ powerStateIntervalMs: 500, startsGuestsAgain: true });
});
afterAll(() => fleet.dispose());

const worker = () => fleet.worker('host-1');
const onHost1 = async (): Promise<string> => (await fleet.activeInstance({ host: 'host-1' })).id;

/** Has a guest be on host-1 again after something that takes it away. */
async function broughtBack(id: string, takeAway: () => Promise<void>): Promise<void> {
  let before = {};
  await fleet.hypervisors.tamper('host-1', id, (state) => {
    before = state;
    return {};
  });
  await takeAway();
  await worker().kill();
  await fleet.hypervisors.tamper('host-1', id, () => before);
  await worker().start();
}

test('the guest of a deleted instance is removed by a visible task, with its disk', async () => {
  const id = await onHost1();
  await broughtBack(id, async () => {
    await fleet.run('delete', id, {});
  });
  expect(await fleet.hypervisors.runsOn(id)).toEqual([]);
  const record = await fleet.client.host('host-1');
  expect(record).toMatchObject({ debts: [], serving: true, traits: { strays: [] } });
  let left: unknown;
  await fleet.hypervisors.tamper('host-1', id, (state) => {
    left = state;
    return {};
  });
  expect(left).toMatchObject({ guest: null, disks: {}, port: false });
  const tasks = fleet.temporal.workflow.list({ query: `WorkflowType = 'payDebts'` });
  const summaries: string[] = [];
  for await (const { workflowId } of tasks) summaries.push(workflowId);
  expect(summaries).toEqual([expect.stringMatching(/^host\/host-1\/task\//)]);
});

test('the guest of an instance that lives elsewhere is left alone, and told of', async () => {
  const id = await onHost1();
  await broughtBack(id, async () => {
    await fleet.run('migrate', id, { host: 'host-2' });
    await fleet.run('confirmResize', id, {});
  });
  expect((await fleet.client.host('host-1')).traits?.strays).toEqual([id]);
  expect(await fleet.hypervisors.runsOn(id)).toEqual(expect.arrayContaining(['host-1', 'host-2']));
  expect(await fleet.client.get(id)).toMatchObject({ vmState: 'active', residence: { host: 'host-2' } });
});

test.each([
  ['SHUTDOWN', 'start'],
  ['CRASHED', 'reboot'],
] as const)(
  'a guest that becomes %s by itself is started again, by a task of the platform',
  async (state, operation) => {
    const id = await onHost1();
    await fleet.hypervisors.tamper('host-1', id, ({ guest }) => ({ guest: guest && { ...guest, powerState: state } }));
    const task = await eventually('it is started again', async () =>
      (await fleet.client.tasks(id)).find((each) => each.operation === operation),
    );
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED', actor: 'system' });
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'active', powerState: 'RUNNING' });
    expect(await fleet.hypervisors.runsOn(id)).toEqual(['host-1']);
  },
);

test('an instance that was stopped by a task stays stopped', async () => {
  const id = await onHost1();
  await fleet.run('stop', id, {});
  const witness = await onHost1();
  await fleet.hypervisors.tamper('host-1', witness, ({ guest }) => ({
    guest: guest && { ...guest, powerState: 'SHUTDOWN' },
  }));
  await eventually('the other one is started again', async () =>
    (await fleet.client.tasks(witness)).some(({ operation }) => operation === 'start'),
  );
  expect((await fleet.client.tasks(id)).map(({ operation }) => operation)).toEqual(['create', 'stop']);
});
