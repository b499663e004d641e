/** A host that died: an operator declares it fenced, its instances are evacuated, and it comes back without them. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { owed } from '../support/items.ts';

/** A second for a worker to take a unit. */
const deadlineScale = 0.05;
const dead = 'host-1';
const others = ['host-2', 'host-3'];

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: [dead, ...others] });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const fence = (force: boolean) => fleet.client.fenceHost(dead, { actor: 'bob', reason: 'power cut', force });
const serves = () => eventually(`${dead} serves`, async () => (await fleet.hypervisors.host(dead)).serving);

/** Ids of the tasks by which the host has paid debts. */
async function payments(): Promise<string[]> {
  const found: string[] = [];
  for await (const { workflowId, status } of fleet.temporal.workflow.list({ query: `WorkflowType = 'payDebts'` }))
    if (workflowId.startsWith(`host/${dead}/`) && status.name === 'COMPLETED') found.push(workflowId);
  return found;
}

describe('a host whose power was cut', () => {
  /** Ids of instances on it. */
  let [active, stopped, attended, deleted, busy, left]: string[] = [];
  let ends: Record<'active' | 'stopped' | 'attended' | 'busy', Task>;
  let interrupted: Task;
  let refused: { readonly whileAlive: unknown; readonly fence: unknown; readonly whileDown: unknown };

  const evacuation = (id: string) => fleet.client.submit('evacuate', id, {});
  const refusal = (request: Promise<unknown>) => request.then(() => null).catch((error: unknown) => error);

  beforeAll(async () => {
    const instances = await Promise.all(Array.from({ length: 6 }, () => fleet.activeInstance({ host: dead })));
    [active, stopped, attended, deleted, busy, left] = instances.map(({ id }) => id);
    await fleet.hypervisors.makeVolume('data');
    await fleet.run('attachVolume', active!, { volume: 'data' });
    await fleet.run('attachInterface', active!, { network: 'backup' });
    await fleet.run('stop', stopped!, {});
    const whileAlive = await refusal(evacuation(active!));
    refused = { whileAlive, fence: await refusal(fence(false)), whileDown: null };

    await fleet.worker(dead).kill();
    interrupted = await fleet.client.submit('reboot', busy!, { type: 'HARD' }, { deadlineScale: 10 });
    await eventually('the host is found dead', async () => {
      const { fault } = await fleet.run('reboot', left!, { type: 'HARD' }, { deadlineScale });
      return fault?.code === 'HOST_DOWN';
    });
    refused = { ...refused, whileDown: await refusal(evacuation(active!)) };
    await fleet.hypervisors.powerOff(dead);
    await eventually('its workers have been silent for long enough', () => fence(false));

    const letGo = await fleet.hypervisors.misbehave({
      unit: 'createDisk',
      instance: attended!,
      misbehaviour: { kind: 'delay', duration: '1h' },
    });
    const [first, second, third, fourth] = await Promise.all(
      [active, stopped, attended, busy].map((id) => evacuation(id!)),
    );
    const worker = await fleet.workerInUnit(third!.id, 'disk');
    await worker.kill();
    await letGo();
    await worker.start();
    const [one, two, three, four] = await Promise.all([first, second, third, fourth].map((task) => fleet.ended(task!)));
    ends = { active: one!, stopped: two!, attended: three!, busy: four! };
  });

  test('is fenced only when none of its workers is alive', () => {
    expect(refused.fence).toMatchObject({
      name: 'RefusedError',
      message: `a worker of ${dead} is alive: end it first, or say with --force that the host is cut off`,
    });
  });

  test('is left by nobody before it is fenced, dead or alive', () => {
    const message = 'cannot evacuate subject: its host has not been declared fenced';
    expect(refused.whileAlive).toMatchObject({ name: 'NotAllowedInStateError', message });
    expect(refused.whileDown).toMatchObject({ name: 'NotAllowedInStateError', message });
  });

  test('is shown as down and fenced, by whom and why, and is of a new epoch', async () => {
    const host = await fleet.client.host(dead);
    expect(host).toMatchObject({ up: false, serving: false, epoch: 1, fenced: { actor: 'bob', reason: 'power cut' } });
  });

  test('fails what is still asked of it at once', async () => {
    const { status, fault } = await fleet.run('reboot', left!, { type: 'HARD' }, { deadlineScale: 100 });
    expect({ status, code: fault?.code }).toEqual({ status: 'FAILED', code: 'HOST_FENCED' });
    expect(await fleet.client.get(left!)).toMatchObject({ vmState: 'active', taskState: null });
  });

  test('owes what a delete would have removed, and the delete waits for nothing', async () => {
    const task = await fleet.run('delete', deleted!, {}, { deadlineScale: 100 });
    expect(task.status).toBe('COMPLETED');
    expect(owed(task)).toEqual([`run destroy on ${dead}`, `run unplug on ${dead}`, `run removeDisk on ${dead}`]);
  });

  test('is left by an active instance, which runs elsewhere, once, with its volume and its interface', async () => {
    expect(ends.active).toMatchObject({ status: 'COMPLETED', operation: 'evacuate' });
    const [host, ...more] = await fleet.hypervisors.runsOn(active!);
    expect(more).toEqual([]);
    expect(others).toContain(host);
    const record = await fleet.client.get(active!);
    expect(record).toMatchObject({ vmState: 'active', residence: { host }, volumes: [{ volume: 'data' }] });
    expect((await fleet.hypervisors.volume('data')).instanceId).toBe(active);
    const { guest } = (await fleet.hypervisors.belongings(active!))[host!]!;
    expect(guest).toMatchObject({ volumes: ['data as /dev/vdb'], interfaces: [record.interfaces?.[0]?.port] });
  });

  test('is left by a stopped instance, which stays stopped', async () => {
    expect(ends.stopped.status).toBe('COMPLETED');
    expect(await fleet.hypervisors.runsOn(stopped!)).toEqual([]);
    expect(await fleet.client.get(stopped!)).toMatchObject({ vmState: 'stopped', powerState: 'SHUTDOWN' });
  });

  test('is left although the worker of the destination was killed in the middle', async () => {
    expect(ends.attended.status).toBe('COMPLETED');
    expect(await fleet.hypervisors.runsOn(attended!)).toHaveLength(1);
  });

  test('is left although a task waits for it, which is cancelled', async () => {
    expect(ends.busy.status).toBe('COMPLETED');
    expect((await fleet.client.task(interrupted.id)).status).toBe('ABORTED');
    expect(await fleet.hypervisors.runsOn(busy!)).toHaveLength(1);
  });

  test('has no room taken any more by those that have left, and owes the removal of what they have left', async () => {
    const { claims, debts } = await fleet.hypervisors.host(dead);
    expect(claims.map(({ instanceId }) => instanceId)).toEqual([left]);
    const units = debts.filter(({ purpose }) => purpose.instanceId === active).map(({ unit }) => unit);
    expect(units).toEqual(['destroyGuest', 'unplugNetwork', 'removeDisk']);
  });

  describe('when it comes back', () => {
    let paidBefore: string[];
    beforeAll(async () => {
      paidBefore = await payments();
      await fleet.worker(dead).start();
    });

    test('is rid of all that was left there, by a visible task, and serves again', async () => {
      await serves();
      expect(await payments()).toHaveLength(paidBefore.length + 1);
      expect(await fleet.client.host(dead)).toMatchObject({ fenced: null, epoch: 1, debts: [], settling: false });
      await expectNothingLeft(fleet, deleted!);
      for (const id of [active, stopped, attended, busy]) await expectRecordEqualsHypervisor(fleet, id!);
    });

    test('keeps what was not evacuated: the record follows its guest, which can be started again', async () => {
      await eventually('the record follows', async () => (await fleet.client.get(left!)).vmState === 'stopped');
      expect((await fleet.run('start', left!, {})).status).toBe('COMPLETED');
      await expectRecordEqualsHypervisor(fleet, left!);
    });

    test('takes instances again', async () => {
      await expectRecordEqualsHypervisor(fleet, (await fleet.activeInstance({ host: dead })).id);
    });
  });
});

test('a host that was declared dead and lives loses its guest before it serves, whatever its worker was about to do', async () => {
  const { id } = await fleet.activeInstance({ host: dead });
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'hardRebootGuest',
    instance: id,
    misbehaviour: { kind: 'delay', duration: '1h' },
  });
  const reboot = await fleet.client.submit('reboot', id, { type: 'HARD' });
  await fleet.untilInUnit(reboot.id, 'hardReboot');
  fleet.worker(dead).freeze();
  await fence(true);
  const task = await fleet.run('evacuate', id, {});
  expect(task).toMatchObject({ status: 'COMPLETED' });
  // The lie: it has run on.
  const [here, there] = (await fleet.hypervisors.runsOn(id)).sort();
  expect(here).toBe(dead);

  await letGo();
  fleet.worker(dead).thaw();
  await serves();
  expect(await fleet.hypervisors.runsOn(id)).toEqual([there]);
  await expectRecordEqualsHypervisor(fleet, id);
  const onDead = (await fleet.hypervisors.journal(id)).filter(({ host }) => host === dead);
  const removal = onDead.findIndex(({ effect }) => effect === 'guest destroyed');
  expect(onDead.slice(removal).map(({ effect }) => effect)).toEqual([
    'guest destroyed',
    'port unbound',
    'disk removed',
  ]);
});

test('a host that comes back while it is being left keeps the instance', async () => {
  const { id } = await fleet.activeInstance({ host: dead });
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'createDisk',
    instance: id,
    misbehaviour: { kind: 'delay', duration: '1h' },
  });
  await fleet.worker(dead).kill();
  await fence(true);
  const task = await fleet.client.submit('evacuate', id, {});
  await fleet.untilInUnit(task.id, 'disk');
  await fleet.worker(dead).start();
  await letGo();
  expect(await fleet.ended(task)).toMatchObject({
    status: 'FAILED',
    fault: { code: 'HOST_NOT_FENCED', step: 'leave' },
  });
  expect(await fleet.hypervisors.runsOn(id)).toEqual([dead]);
  expect((await expectRecordEqualsHypervisor(fleet, id)).vmState).toBe('active');
});
