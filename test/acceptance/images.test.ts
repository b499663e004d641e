/** Images and backups are made from an instance that goes on as it was, and new disks are made from them. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  NotAllowedInStateError,
  TaskVerbRefusedError,
  type InstanceRecord,
  type Task,
} from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const home = ({ vmState, powerState, residence }: InstanceRecord) => ({ vmState, powerState, residence });

async function contentsOf({ id, residence }: InstanceRecord): Promise<string | undefined> {
  const contents = await fleet.hypervisors.contents(id);
  return contents[`${residence?.host ?? ''} ${residence?.disk ?? ''}`];
}
const namesOfImages = async (instanceId: string) =>
  (await fleet.hypervisors.images(instanceId)).map(({ name }) => name);

async function instanceThatIs(state: 'active' | 'stopped' | 'paused' | 'suspended'): Promise<InstanceRecord> {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const operation = { active: null, stopped: 'stop', paused: 'pause', suspended: 'suspend' } as const;
  if (operation[state] !== null) await fleet.run(operation[state], id, {});
  return fleet.client.get(id);
}

const createImage = (instanceId: string, name = 'golden'): Promise<Task> =>
  fleet.run('createImage', instanceId, { name });

/** A createImage whose upload takes long. */
async function uploading(deadlineScale = 1): Promise<{ readonly before: InstanceRecord; readonly task: Task }> {
  const before = await fleet.activeInstance({ host: 'host-1' });
  await fleet.hypervisors.misbehave({
    unit: 'uploadImage',
    instance: before.id,
    misbehaviour: { kind: 'delay', duration: '2s' },
  });
  const task = await fleet.client.submit('createImage', before.id, { name: 'golden' }, { deadlineScale });
  await fleet.untilInUnit(task.id, 'upload');
  return { before, task };
}

describe('createImage', () => {
  test.each(['active', 'stopped', 'paused', 'suspended'] as const)(
    'of an instance that is %s leaves it so, and says which image it has made',
    async (state) => {
      const before = await instanceThatIs(state);
      const task = await createImage(before.id);
      const images = await fleet.hypervisors.images(before.id);
      expect(task).toMatchObject({ status: 'COMPLETED', result: { image: images[0]?.id } });
      expect(images).toMatchObject([{ name: 'golden', contents: await contentsOf(before), whole: true }]);
      expect(home(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(home(before));
    },
  );

  test('makes what other instances can be created and rebuilt from', async () => {
    const source = await fleet.activeInstance({ host: 'host-1' });
    const { result } = await createImage(source.id);
    const image = result?.['image'] ?? '';
    const created = await fleet.activeInstance({ host: 'host-2', image });
    expect(await contentsOf(created)).toBe(await contentsOf(source));
    const other = await fleet.activeInstance({ host: 'host-2' });
    await fleet.run('rebuild', other.id, { image });
    expect(await contentsOf(await fleet.client.get(other.id))).toBe(await contentsOf(source));
  });

  test.each(['before', 'after'] as const)('that fails %s the effect leaves no image', async (moment) => {
    const before = await fleet.activeInstance();
    const misbehaviour = { kind: 'fail', moment } as const;
    await fleet.hypervisors.misbehave({ unit: 'uploadImage', instance: before.id, misbehaviour });
    const task = await createImage(before.id);
    expect(task).toMatchObject({ status: 'FAILED', fault: { step: 'upload', code: 'HYPERVISOR_ERROR' } });
    expect(task.result).toBeUndefined();
    expect(home(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(home(before));
  });

  test('that is cancelled in the middle of the upload leaves no image', async () => {
    const { before, task } = await uploading();
    await eventually('the upload has begun', async () => {
      expect(await fleet.hypervisors.images(before.id)).toMatchObject([{ whole: false }]);
      return true;
    });
    await fleet.client.cancel(task.id);
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
    expect(home(await expectRecordEqualsHypervisor(fleet, before.id))).toEqual(home(before));
  });

  test('whose worker is killed in the middle of the upload makes the image once', async () => {
    const { before, task } = await uploading(2);
    await fleet.worker('host-1').restart();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.hypervisors.effects(task)).toEqual(['upload run: upload begun', 'upload run: image uploaded']);
    await expectRecordEqualsHypervisor(fleet, before.id);
  });

  test('shows how far the upload has come', async () => {
    const { task } = await uploading();
    const shares: number[] = [];
    for await (const change of fleet.client.watch(task, { progressEveryMs: 100 }))
      if (change.kind === 'progress') shares.push(change.share);
    expect(shares.some((share) => share > 0 && share < 1)).toBe(true);
  });

  test('outlives the instance', async () => {
    const { id } = await fleet.activeInstance();
    await createImage(id);
    expect(await fleet.run('delete', id, {})).toMatchObject({ status: 'COMPLETED' });
    expect(await namesOfImages(id)).toEqual(['golden']);
    await expectNothingLeft(fleet, id);
  });

  test('of an instance that is rescued is refused', async () => {
    const { id } = await fleet.activeInstance();
    await fleet.run('rescue', id, {});
    await expect(fleet.client.submit('createImage', id, { name: 'no' })).rejects.toThrow(NotAllowedInStateError);
  });
});

describe('createBackup', () => {
  const backUp = (instanceId: string, name: string, rotation: number, backupType = 'daily'): Promise<Task> =>
    fleet.run('createBackup', instanceId, { name, backupType, rotation });

  test('keeps as many of its type as the rotation says, the newest', async () => {
    const { id } = await fleet.activeInstance();
    await backUp(id, 'weekly', 1, 'weekly');
    for (const day of ['1', '2', '3', '4']) {
      expect(await backUp(id, `daily-${day}`, 2)).toMatchObject({ status: 'COMPLETED' });
      await expectRecordEqualsHypervisor(fleet, id);
    }
    expect(await namesOfImages(id)).toEqual(['daily-3', 'daily-4', 'weekly']);
    await backUp(id, 'daily-5', 1);
    expect(await namesOfImages(id)).toEqual(['daily-5', 'weekly']);
    await expectRecordEqualsHypervisor(fleet, id);
  });

  test('with a rotation of 0 makes none and removes all of its type', async () => {
    const { id } = await fleet.activeInstance();
    await backUp(id, 'daily-1', 2);
    const task = await backUp(id, 'daily-2', 0);
    expect(task).toMatchObject({ status: 'COMPLETED', items: [{ state: 'SKIPPED' }, { state: 'COMPLETED' }] });
    expect(await namesOfImages(id)).toEqual([]);
    await expectRecordEqualsHypervisor(fleet, id);
  });

  test.each(['before', 'after'] as const)('that fails %s the upload loses no older backup', async (moment) => {
    const { id } = await fleet.activeInstance();
    await backUp(id, 'daily-1', 1);
    const misbehaviour = { kind: 'fail', moment } as const;
    await fleet.hypervisors.misbehave({ unit: 'uploadImage', instance: id, misbehaviour });
    expect(await backUp(id, 'daily-2', 1)).toMatchObject({ status: 'FAILED', fault: { step: 'upload' } });
    expect(await namesOfImages(id)).toEqual(['daily-1']);
    await expectRecordEqualsHypervisor(fleet, id);
  });

  test('whose rotation fails has made the backup, and the host owes the removal', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await backUp(id, 'daily-1', 1);
    await fleet.hypervisors.misbehave({ unit: 'removeImages', instance: id, misbehaviour: { kind: 'fail' } });
    const task = await backUp(id, 'daily-2', 1);
    expect(task).toMatchObject({ status: 'COMPLETED', items: [{}, { step: 'removeOverdue', state: 'FAILED' }, {}] });
    expect(await namesOfImages(id)).toEqual(['daily-1', 'daily-2']);
    await fleet.hypervisors.behave();
    await fleet.worker('host-1').restart();
    await expectRecordEqualsHypervisor(fleet, id);
    expect(await namesOfImages(id)).toEqual(['daily-2']);
  });

  test('cannot be cancelled any more when older backups are being removed', async () => {
    const { id } = await fleet.activeInstance();
    await backUp(id, 'daily-1', 1);
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'removeImages',
      instance: id,
      misbehaviour: { kind: 'hang' },
    });
    const task = await fleet.client.submit('createBackup', id, { name: 'daily-2', backupType: 'daily', rotation: 1 });
    await fleet.untilInUnit(task.id, 'removeOverdue');
    await expect(fleet.client.cancel(task.id)).rejects.toThrow(TaskVerbRefusedError);
    await letGo();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    await expectRecordEqualsHypervisor(fleet, id);
  });
});
