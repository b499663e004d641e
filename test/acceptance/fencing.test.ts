/**
 * A host worker frozen in mid-unit past its heartbeat is taken for dead; thawed, it goes on where it was. What it then
 * does comes too late, and must not change anything any more.
 */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import type { FleetProcess } from '../support/fleet-process.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

/** Heartbeats of 1.5 s. */
const deadlineScale = 0.3;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ workersPerHost: 2 });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

/** Lets the frozen worker do what it has to do: alone on its host, it carries out one more operation. */
async function thawAndProve(frozen: FleetProcess): Promise<void> {
  const other = [0, 1].map((index) => fleet.worker('host-1', index)).find((worker) => worker !== frozen);
  other?.freeze();
  frozen.thaw();
  await fleet.activeInstance({ host: 'host-1' }, { deadlineScale });
  other?.thaw();
}

/** The operation is under way in this unit, which waits until it is let go and tells nothing of itself meanwhile. */
async function hangingIn(
  unit: string,
  step: string,
  submit: (id: string) => Promise<Task>,
  untilBegun: (task: Task) => Promise<unknown> = () => Promise.resolve(),
) {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const letGo = await fleet.hypervisors.misbehave({
    unit,
    instance: id,
    direction: 'run',
    misbehaviour: { kind: 'hang' },
  });
  const task = await submit(id);
  const frozen = await fleet.workerInUnit(task.id, step);
  await untilBegun(task);
  frozen.freeze();
  return { task, frozen, letGo };
}
const hangingReboot = () =>
  hangingIn('hardRebootGuest', 'hardReboot', (id) =>
    fleet.client.submit('reboot', id, { type: 'HARD' }, { deadlineScale }),
  );

async function untilOnOtherWorker(task: Task, step: string, frozen: FleetProcess): Promise<void> {
  let taken: FleetProcess;
  do taken = await fleet.workerInUnit(task.id, step);
  while (taken === frozen);
}

test('thawed after another attempt has done the unit, it does nothing more', async () => {
  const { task, frozen, letGo } = await hangingReboot();
  await untilOnOtherWorker(task, 'hardReboot', frozen);
  await letGo();
  expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
  expect(await fleet.hypervisors.effects(task)).toEqual(['hardReboot run: guest reset']);
  const journal = await fleet.hypervisors.journal(task.instanceId);

  await thawAndProve(frozen);
  expect(await fleet.hypervisors.journal(task.instanceId)).toEqual(journal);
  expect(journal.at(-1)?.fence.attempt).toBeGreaterThan(1);
  await expectRecordEqualsHypervisor(fleet, task.instanceId);
});

test('thawed while another attempt is under way, it leaves the unit to that one', async () => {
  const { task, frozen, letGo } = await hangingReboot();
  await untilOnOtherWorker(task, 'hardReboot', frozen);
  frozen.thaw();
  await letGo();
  expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
  expect(await fleet.hypervisors.effects(task)).toEqual(['hardReboot run: guest reset']);
  const [last] = (await fleet.hypervisors.journal(task.instanceId)).slice(-1);
  expect(last?.fence.attempt).toBeGreaterThan(1);
  await expectRecordEqualsHypervisor(fleet, task.instanceId);
});

test('thawed after the undo has run, it does nothing more', async () => {
  const { task, frozen, letGo } = await hangingIn(
    'copyDisk',
    'copyDisk',
    (id) => fleet.client.submit('resize', id, { flavor: 'm1.medium', host: 'host-2' }, { deadlineScale }),
    (resize) =>
      eventually('the copy has begun', async () =>
        (await fleet.hypervisors.effects(resize)).includes('copyDisk run: disk copy begun'),
      ),
  );
  await fleet.client.cancel(task.id);
  expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
  const undone = [
    'shutDown run: guest shut down',
    'copyDisk run: disk copy begun',
    'copyDisk undo: disk removed',
    'shutDown undo: guest started',
  ];
  expect(await fleet.hypervisors.effects(task)).toEqual(undone);

  await letGo();
  await thawAndProve(frozen);
  expect(await fleet.hypervisors.effects(task)).toEqual(undone);
  expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'active' });
});

test('thawed after a later task has changed the guest, it does nothing more', async () => {
  const { task, frozen, letGo } = await hangingReboot();
  await fleet.client.cancel(task.id);
  expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
  const stop = await fleet.run('stop', task.instanceId, { shutdownTimeoutSeconds: 0 });
  expect(stop).toMatchObject({ status: 'COMPLETED', fault: null });

  await letGo();
  await thawAndProve(frozen);
  expect(await fleet.hypervisors.effects(task)).toEqual([]);
  expect(await expectRecordEqualsHypervisor(fleet, task.instanceId)).toMatchObject({ vmState: 'stopped' });
});

test('frozen and thawed with all its fellows, so that nobody can take over, it goes on itself', async () => {
  const { task, frozen, letGo } = await hangingReboot();
  const other = [0, 1].map((index) => fleet.worker('host-1', index)).find((worker) => worker !== frozen);
  other?.freeze();
  await fleet.untilInQueue(task.id, 'hardReboot');
  await letGo();
  frozen.thaw();
  expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
  other?.thaw();
  expect(await fleet.hypervisors.effects(task)).toEqual(['hardReboot run: guest reset']);
  await expectRecordEqualsHypervisor(fleet, task.instanceId);
});
