/** A shelved instance is an image, on its host still or on none; it comes back with all that was on its disk. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { NotAllowedInStateError, type InstanceRecord } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const states = ['active', 'stopped', 'paused', 'suspended'] as const;
const moments = ['before', 'after'] as const;
const staying = { offloadAfterSeconds: null };

const whatItIs = ({ vmState, powerState, residence, shelved = null }: InstanceRecord) => ({
  vmState,
  powerState,
  residence,
  shelved,
});
async function contentsOf({ id, residence }: InstanceRecord): Promise<string | undefined> {
  const contents = await fleet.hypervisors.contents(id);
  return contents[`${residence?.host ?? ''} ${residence?.disk ?? ''}`];
}

async function instanceThatIs(state: (typeof states)[number] = 'active'): Promise<InstanceRecord> {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const operation = { active: null, stopped: 'stop', paused: 'pause', suspended: 'suspend' } as const;
  if (operation[state] !== null) await fleet.run(operation[state], id, {});
  return fleet.client.get(id);
}

/** An instance that is shelved, and what it was before. */
async function shelved(
  input: { readonly offloadAfterSeconds?: null },
  state: (typeof states)[number] = 'active',
): Promise<{
  readonly before: InstanceRecord;
  readonly contents: string | undefined;
  readonly during: InstanceRecord;
}> {
  const before = await instanceThatIs(state);
  const contents = await contentsOf(before);
  expect(await fleet.run('shelve', before.id, input)).toMatchObject({ status: 'COMPLETED', fault: null });
  return { before, contents, during: await expectRecordEqualsHypervisor(fleet, before.id) };
}

async function failing(unit: string, instance: string, moment: (typeof moments)[number]): Promise<void> {
  await fleet.hypervisors.misbehave({ unit, instance, direction: 'run', misbehaviour: { kind: 'fail', moment } });
}

describe('shelve', () => {
  test.each(states)(
    'of an instance that is %s takes it from its host, and keeps what is on its disk',
    async (state) => {
      const { before, contents, during } = await shelved({}, state);
      expect(during).toMatchObject({
        vmState: 'shelved_offloaded',
        powerState: 'NOSTATE',
        residence: null,
        image: before.image,
        flavor: before.flavor,
      });
      expect(await fleet.hypervisors.images(before.id)).toMatchObject([{ contents, name: 'subject-shelved' }]);
    },
  );

  test.each(states)('of an instance that is %s leaves it on its host where that is wanted', async (state) => {
    const { before, during } = await shelved(staying, state);
    const powerState = state === 'suspended' ? 'SUSPENDED' : 'SHUTDOWN';
    expect(during).toMatchObject({ vmState: 'shelved', powerState, residence: before.residence });
  });

  const steps = {
    thaw: { unit: 'unpauseGuest', state: 'paused' },
    shutDown: { unit: 'shutDownGuest', state: 'active' },
    upload: { unit: 'uploadImage', state: 'active' },
  } as const;
  const cases = Object.entries(steps).flatMap(([step, of]) => moments.map((moment) => ({ step, ...of, moment })));
  test.each(cases)('that fails at its step $step, $moment the effect, leaves the instance $state', async (one) => {
    const before = await instanceThatIs(one.state);
    await failing(one.unit, before.id, one.moment);
    expect(await fleet.run('shelve', before.id, {})).toMatchObject({ status: 'FAILED', fault: { step: one.step } });
    expect(whatItIs(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(whatItIs(before));
  });

  test('of a paused instance that fails late has it paused again', async () => {
    const before = await instanceThatIs('paused');
    await failing('uploadImage', before.id, 'after');
    expect(await fleet.run('shelve', before.id, {})).toMatchObject({ status: 'FAILED', fault: { step: 'upload' } });
    expect(whatItIs(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(whatItIs(before));
  });

  test('whose worker is killed in the middle of the upload is carried through', async () => {
    const before = await instanceThatIs();
    await fleet.hypervisors.misbehave({
      unit: 'uploadImage',
      instance: before.id,
      misbehaviour: { kind: 'delay', duration: '2s' },
    });
    const task = await fleet.client.submit('shelve', before.id, {}, { deadlineScale: 2 });
    await fleet.untilInUnit(task.id, 'upload');
    await fleet.worker('host-1').restart();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    expect(await expectRecordEqualsHypervisor(fleet, before.id)).toMatchObject({ vmState: 'shelved_offloaded' });
  });
});

test('a shelved instance stays on its host as long as was asked for, and is offloaded by the platform then', async () => {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  await fleet.run('shelve', id, { offloadAfterSeconds: 3 });
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({
    vmState: 'shelved',
    followUp: { operation: 'shelveOffload' },
  });
  const offload = await eventually('the platform offloads it', async () =>
    (await fleet.client.tasks(id)).find(({ operation }) => operation === 'shelveOffload'),
  );
  expect(await fleet.ended(offload)).toMatchObject({
    status: 'COMPLETED',
    actor: 'system',
    reason: '3 s after shelve',
  });
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'shelved_offloaded' });
});

describe('shelveOffload', () => {
  test('takes a shelved instance from its host', async () => {
    const { before } = await shelved(staying);
    expect(await fleet.run('shelveOffload', before.id, {})).toMatchObject({ status: 'COMPLETED' });
    const after = await expectRecordEqualsHypervisor(fleet, before.id);
    expect(after).toMatchObject({ vmState: 'shelved_offloaded', residence: null });
  });

  test.each(moments)('that fails at its first step, %s the effect, leaves the instance shelved', async (moment) => {
    const { before, during } = await shelved(staying);
    await failing('unplugNetwork', before.id, moment);
    expect(await fleet.run('shelveOffload', before.id, {})).toMatchObject({
      status: 'FAILED',
      fault: { step: 'unplug' },
    });
    expect(whatItIs(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(whatItIs(during));
  });

  test.each([
    ['destroy', 'destroyGuest'],
    ['removeDisk', 'removeDisk'],
  ])('whose step %s fails goes on, and the host pays what it owes', async (step, unit) => {
    const { before } = await shelved(staying);
    await failing(unit, before.id, 'before');
    const task = await fleet.run('shelveOffload', before.id, {});
    expect(task.status).toBe('COMPLETED');
    expect(task.items.filter(({ state }) => state === 'OWED').map((item) => item.step)).toEqual([step]);
    await fleet.hypervisors.behave();
    await fleet.worker('host-1').restart();
    await expectRecordEqualsHypervisor(fleet, before.id);
  });
});

describe('unshelve', () => {
  test('of an offloaded instance brings it back from its image, on a host that has room', async () => {
    const { before, contents } = await shelved({});
    expect(await fleet.run('unshelve', before.id, { host: 'host-2' })).toMatchObject({ status: 'COMPLETED' });
    const after = await expectRecordEqualsHypervisor(fleet, before.id);
    expect(after).toMatchObject({ vmState: 'active', powerState: 'RUNNING', residence: { host: 'host-2' } });
    expect(await contentsOf(after)).toBe(contents);
    expect(await fleet.hypervisors.images(before.id)).toEqual([]);
  });

  test.each(states)('of an instance on its host, shelved when it was %s, starts it there', async (state) => {
    const { before, contents } = await shelved(staying, state);
    const task = await fleet.run('unshelve', before.id, {});
    expect(task.status).toBe('COMPLETED');
    const resumed = task.items.find(({ step }) => step === 'resume')?.state;
    expect(resumed).toBe(state === 'suspended' ? 'COMPLETED' : 'SKIPPED');
    const after = await expectRecordEqualsHypervisor(fleet, before.id);
    expect(after).toMatchObject({ vmState: 'active', residence: before.residence });
    expect(await contentsOf(after)).toBe(contents);
  });

  const units = { network: 'plugNetwork', disk: 'createDisk', define: 'defineGuest', boot: 'startGuest' };
  const cases = Object.entries(units).flatMap(([step, unit]) => moments.map((moment) => ({ step, unit, moment })));
  test.each(cases)(
    'from its image that fails at its step $step, $moment the effect, leaves it offloaded',
    async (one) => {
      const { before, during } = await shelved({});
      await failing(one.unit, before.id, one.moment);
      expect(await fleet.run('unshelve', before.id, {})).toMatchObject({ status: 'FAILED', fault: { step: one.step } });
      expect(whatItIs(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(whatItIs(during));
    },
  );

  test('that no host has room for leaves it offloaded', async () => {
    const { before, during } = await shelved({});
    const task = await fleet.run('unshelve', before.id, { host: 'host-9' });
    expect(task).toMatchObject({ status: 'FAILED', fault: { code: 'NO_VALID_HOST' } });
    expect(whatItIs(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(whatItIs(during));
  });

  test.each(moments)('on its host that fails %s the start leaves it shelved', async (moment) => {
    const { before, during } = await shelved(staying);
    await failing('startGuest', before.id, moment);
    expect(await fleet.run('unshelve', before.id, {})).toMatchObject({ status: 'FAILED', fault: { step: 'start' } });
    expect(whatItIs(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(whatItIs(during));
  });

  test('whose image cannot be removed has brought the instance back, and the host owes the removal', async () => {
    const { before } = await shelved({});
    await failing('removeImages', before.id, 'before');
    expect(await fleet.run('unshelve', before.id, { host: 'host-1' })).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.hypervisors.images(before.id)).toHaveLength(1);
    await fleet.hypervisors.behave();
    await fleet.worker('host-1').restart();
    await expectRecordEqualsHypervisor(fleet, before.id);
  });

  test('onto a chosen host is for offloaded instances only', async () => {
    const { before } = await shelved(staying);
    const refused = fleet.client.submit('unshelve', before.id, { host: 'host-2' });
    await expect(refused).rejects.toThrow(NotAllowedInStateError);
  });
});

test.each([{}, staying])(
  'delete after a shelve with %j leaves nothing, neither on a host nor in the image store',
  async (input) => {
    const { before } = await shelved(input);
    expect(await fleet.run('delete', before.id, {})).toMatchObject({ status: 'COMPLETED' });
    await expectNothingLeft(fleet, before.id);
  },
);

test('what needs a guest is refused while there is none', async () => {
  const { before } = await shelved({});
  for (const operation of ['start', 'stop', 'reboot', 'pause', 'shelve', 'shelveOffload', 'migrate'] as const)
    await expect(fleet.client.request(operation, before.id, {})).rejects.toThrow(NotAllowedInStateError);
});
