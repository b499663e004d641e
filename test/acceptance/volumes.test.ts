/** Volumes are attached, detached and swapped; they go with their instance wherever it goes, and to one instance at a time. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { NotAllowedInStateError, type Task } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

interface Scene {
  readonly id: string;
  readonly volume: string;
}

/** An instance, and a volume that nobody has. */
async function scene(): Promise<Scene> {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const volume = `data-${id}`;
  await fleet.hypervisors.makeVolume(volume);
  return { id, volume };
}

/** An instance that has a volume. */
async function attached(): Promise<Scene> {
  const { id, volume } = await scene();
  expect(await fleet.run('attachVolume', id, { volume })).toMatchObject({ status: 'COMPLETED' });
  return { id, volume };
}

/** An instance with a volume, and a larger volume that nobody has. */
async function beforeSwap(): Promise<Scene & { readonly toVolume: string }> {
  const { id, volume } = await attached();
  const toVolume = `larger-${id}`;
  await fleet.hypervisors.makeVolume(toVolume, 20);
  return { id, volume, toVolume };
}

const pluggedInto = async (id: string) => (await expectRecordEqualsHypervisor(fleet, id)).volumes ?? [];

describe('attachVolume', () => {
  test('gives a guest that runs the volume at once, and says under which name', async () => {
    const { id, volume } = await scene();
    const task = await fleet.run('attachVolume', id, { volume });
    expect(task).toMatchObject({ status: 'COMPLETED', result: { device: '/dev/vdb' } });
    expect(await pluggedInto(id)).toEqual([{ volume, device: '/dev/vdb' }]);
  });

  test('that fails in the guest leaves the volume to others', async () => {
    const { id, volume } = await scene();
    const misbehaviour = { kind: 'fail' } as const;
    await fleet.hypervisors.misbehave({ unit: 'plugVolumes', instance: id, direction: 'run', misbehaviour });
    expect(await fleet.run('attachVolume', id, { volume })).toMatchObject({ status: 'FAILED' });
    expect(await pluggedInto(id)).toEqual([]);
    const other = await fleet.activeInstance({ host: 'host-2' });
    expect(await fleet.run('attachVolume', other.id, { volume })).toMatchObject({ status: 'COMPLETED' });
  });

  test('of a volume that another instance has fails, and changes neither', async () => {
    const { id, volume } = await attached();
    const other = await fleet.activeInstance({ host: 'host-2' });
    const task = await fleet.run('attachVolume', other.id, { volume });
    expect(task).toMatchObject({ status: 'FAILED', fault: { code: 'VOLUME_IN_USE', blame: 'caller' } });
    expect(await pluggedInto(other.id)).toEqual([]);
    expect(await pluggedInto(id)).toHaveLength(1);
  });

  test('of a volume that it has already is refused', async () => {
    const { id, volume } = await attached();
    const again = fleet.client.submit('attachVolume', id, { volume });
    await expect(again).rejects.toThrow(NotAllowedInStateError);
    await expect(again).rejects.toThrow(`it has the volume ${volume} already`);
  });
});

describe('detachVolume', () => {
  test('leaves the volume as it is, for another instance', async () => {
    const { id, volume } = await attached();
    const { contents } = await fleet.hypervisors.volume(volume);
    expect(await fleet.run('detachVolume', id, { volume })).toMatchObject({ status: 'COMPLETED' });
    expect(await pluggedInto(id)).toEqual([]);
    expect(await fleet.hypervisors.volume(volume)).toMatchObject({ contents, instanceId: null });
    const other = await fleet.activeInstance({ host: 'host-2' });
    expect(await fleet.run('attachVolume', other.id, { volume })).toMatchObject({ status: 'COMPLETED' });
  });

  test('from a guest that does not let go of it fails, and the instance keeps it', async () => {
    const { id, volume } = await attached();
    await fleet.hypervisors.misbehave({ unit: 'plugVolumes', instance: id, misbehaviour: { kind: 'ignore' } });
    const task = await fleet.run('detachVolume', id, { volume });
    expect(task).toMatchObject({ status: 'FAILED', fault: { code: 'GUEST_UNRESPONSIVE' } });
    expect(await pluggedInto(id)).toEqual([{ volume, device: '/dev/vdb' }]);
  });
});

describe('swapVolume', () => {
  test('has the guest go on with a copy under the same name, and leaves the old volume to others', async () => {
    const { id, volume, toVolume } = await beforeSwap();
    const { contents } = await fleet.hypervisors.volume(volume);
    expect(await fleet.run('swapVolume', id, { volume, toVolume })).toMatchObject({ status: 'COMPLETED' });
    expect(await pluggedInto(id)).toEqual([{ volume: toVolume, device: '/dev/vdb' }]);
    expect(await fleet.hypervisors.volume(toVolume)).toMatchObject({ contents, sizeGb: 20, whole: true });
    expect(await fleet.hypervisors.volume(volume)).toMatchObject({ contents, instanceId: null });
  });

  test('that is cancelled while it copies leaves the guest its volume, and the other one free', async () => {
    const { id, volume, toVolume } = await beforeSwap();
    const task = await heldCopy({ id, volume }, toVolume);
    await fleet.client.cancel(task.id);
    expect(await fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
    expect(await pluggedInto(id)).toEqual([{ volume, device: '/dev/vdb' }]);
    expect(await fleet.hypervisors.volume(toVolume)).toMatchObject({ instanceId: null });
  });

  test('goes on when the worker is killed while it copies', async () => {
    const { id, volume, toVolume } = await beforeSwap();
    const task = await heldCopy({ id, volume }, toVolume);
    await fleet.hypervisors.behave();
    await fleet.worker('host-1').restart();
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    expect(await pluggedInto(id)).toEqual([{ volume: toVolume, device: '/dev/vdb' }]);
  });
});

/** A swap that is held while it copies. */
async function heldCopy({ id, volume }: Scene, toVolume: string): Promise<Task> {
  await fleet.hypervisors.misbehave({ unit: 'copyVolume', instance: id, misbehaviour: { kind: 'hang' } });
  const task = await fleet.client.submit('swapVolume', id, { volume, toVolume });
  await fleet.untilInUnit(task.id, 'copy');
  return task;
}

describe('the volume of an instance', () => {
  test('goes with it to another host, and back', async () => {
    const { id, volume } = await attached();
    await fleet.run('migrate', id, { host: 'host-2' });
    expect(await pluggedInto(id)).toEqual([{ volume, device: '/dev/vdb' }]);
    await fleet.run('revertResize', id, {});
    expect(await pluggedInto(id)).toEqual([{ volume, device: '/dev/vdb' }]);
  });

  test('stays its own while it is shelved, and is there when it comes back', async () => {
    const { id, volume } = await attached();
    await fleet.run('shelve', id, {});
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'shelved_offloaded' });
    expect(await fleet.hypervisors.volumesOf(id)).toEqual([volume]);
    await fleet.run('unshelve', id, { host: 'host-2' });
    expect(await pluggedInto(id)).toEqual([{ volume, device: '/dev/vdb' }]);
  });

  test.each([
    ['rebuild', { image: 'debian-13' }],
    ['stop', {}],
    ['rescue', {}],
  ] as const)('outlives %s', async (operation, input) => {
    const { id, volume } = await attached();
    expect(await fleet.ended(await fleet.client.request(operation, id, input))).toMatchObject({ status: 'COMPLETED' });
    expect(await pluggedInto(id)).toEqual([{ volume, device: '/dev/vdb' }]);
  });

  test('is free and whole when the instance is deleted', async () => {
    const { id, volume } = await attached();
    const { contents } = await fleet.hypervisors.volume(volume);
    expect(await fleet.run('delete', id, {})).toMatchObject({ status: 'COMPLETED' });
    await expectNothingLeft(fleet, id);
    expect(await fleet.hypervisors.volume(volume)).toMatchObject({ contents, instanceId: null });
  });
});
