/** The host that a live migration comes from dies and is fenced: whoever takes the instance away finds one guest at most. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { copying } from '../support/live-migrations.ts';

const source = 'host-1';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: [source, 'host-2', 'host-3'] });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

async function cutPower(): Promise<void> {
  await fleet.hypervisors.powerOff(source);
  await fleet.client.fenceHost(source, { actor: 'bob', reason: 'power cut', force: true });
}

/** The source dies while it copies. */
async function beforeTheSwitch(): Promise<Task> {
  const { task } = await copying(fleet, { dirtyRate: 10 });
  await fleet.worker(source).kill();
  await cutPower();
  return task;
}

/** The guest has arrived, and the source dies before it can say so. */
async function afterTheSwitch(): Promise<Task> {
  const { id } = await fleet.activeInstance({ host: source });
  const misbehaviour = { kind: 'die', moment: 'after' } as const;
  await fleet.hypervisors.misbehave({ unit: 'liveMigrateGuest', host: 'host-2', instance: id, misbehaviour });
  const task = await fleet.client.submit('liveMigrate', id, { host: 'host-2' });
  await fleet.worker(source).died();
  expect(await fleet.hypervisors.runsOn(id)).toEqual(['host-2']);
  await cutPower();
  return task;
}

async function expectSourceComesBack(): Promise<void> {
  await fleet.worker(source).start();
  await eventually('the source serves', async () => (await fleet.hypervisors.host(source)).serving);
}

describe.each([
  ['before the switch', beforeTheSwitch],
  ['after the switch', afterTheSwitch],
])('fenced %s', (_when, begin) => {
  test('an instance that is evacuated runs once, and nothing else of it is left anywhere', async () => {
    const { id, instanceId } = await begin();
    expect(await fleet.run('evacuate', instanceId, { host: 'host-3' })).toMatchObject({ status: 'COMPLETED' });
    expect((await fleet.client.task(id)).endedAt).not.toBeNull();
    expect(await fleet.hypervisors.runsOn(instanceId)).toEqual(['host-3']);
    await expectSourceComesBack();
    expect(await expectRecordEqualsHypervisor(fleet, instanceId)).toMatchObject({ residence: { host: 'host-3' } });
  });

  test('an instance that is deleted leaves nothing behind', async () => {
    const { instanceId } = await begin();
    expect(await fleet.run('delete', instanceId, {})).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.hypervisors.runsOn(instanceId)).toEqual([]);
    await expectSourceComesBack();
    await expectNothingLeft(fleet, instanceId);
  });
});
