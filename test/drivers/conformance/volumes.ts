/** Volumes, in a store that all hosts share. */
import { expect, test } from '@jest/globals';
import type { Driver, UnitContext } from '../../../activities/drivers/driver.ts';
import type { HostUnitName } from '../../../src/operations/units/index.ts';
import { deliver, machine, TaskUnits } from '../deliveries.ts';
import {
  apartFromContents,
  arrange,
  data,
  spare,
  type Case,
  type Idleness,
  type Refusal,
  type Scene,
} from './scene.ts';

const volumes = [data.volume];
const swap = { volume: data.volume, toVolume: spare.volume };
/** The second one in the place of the first. */
const instead = { ...data, volume: spare.volume };
const contents = { contents: expect.any(String), sizeGb: 10 };

const release = (driver: Driver, context: UnitContext) => driver.releaseVolumes({ volumes }, context);
const wipe = (driver: Driver, context: UnitContext) => driver.wipeVolume({ volume: spare.volume }, context);

export const cases = {
  reserveVolume: {
    from: 'absent',
    act: (driver, context) => driver.reserveVolume({ volume: data.volume }, context),
    answer: {},
    reaches: { volumes: { data: contents } },
    overtakenBy: release,
  },
  releaseVolumes: { from: 'reserved', act: release, answer: {}, reaches: { volumes: {} }, overtakenBy: release },
  plugVolumes: {
    from: 'attached',
    act: (driver, context) => driver.plugVolumes({ volumes: [data, spare] }, context),
    answer: {},
    reaches: { plugged: { data: '/dev/vdb', spare: '/dev/vdc' } },
  },
  copyVolume: {
    from: 'attached',
    act: (driver, context) => driver.copyVolume(swap, context),
    answer: {},
    reaches: { volumes: { data: contents, spare: { ...contents, sizeGb: expect.any(Number) } } },
    overtakenBy: wipe,
  },
  wipeVolume: {
    from: 'attached',
    act: wipe,
    answer: {},
    reaches: { plugged: { data: '/dev/vdb' } },
    effects: 0,
    overtakenBy: wipe,
  },
} satisfies Partial<Record<HostUnitName, Case>>;

export const refusals: readonly Refusal[] = [
  ['plugVolumes', 'absent', 'GUEST_NOT_FOUND'],
  ['plugVolumes', 'running', 'VOLUME_IN_USE'],
  ['copyVolume', 'absent', 'VOLUME_IN_USE'],
];

export const idle: readonly Idleness[] = [
  ['reserveVolume', 'reserved', {}],
  ['releaseVolumes', 'absent', {}],
  ['wipeVolume', 'attached', {}],
];

/** The volumes that there are when a test begins. */
export const made = [
  { ...data, sizeGb: 10 },
  { ...spare, sizeGb: 20 },
  { volume: 'small', sizeGb: 5 },
] as const;

/** What is to be said of them besides. */
export function tests(scene: () => Scene): void {
  test('a volume that one instance has is refused to another one, on any host, until it is released', async () => {
    const { driver, fleet, units } = scene();
    await arrange('reserved', scene());
    const stranger = new TaskUnits();
    const reserve = () =>
      fleet.driver(fleet.there).reserveVolume({ volume: data.volume }, deliver(stranger.next('reserve')));
    await expect(reserve()).rejects.toMatchObject({ name: 'UnitFault', code: 'VOLUME_IN_USE' });
    await release(driver, deliver(units.next()));
    await reserve();
    expect(Object.keys((await fleet.look(fleet.there, stranger.instanceId)).volumes)).toEqual([data.volume]);
  });

  test('of several instances that want one volume at once, one has it', async () => {
    const { driver, fleet } = scene();
    await arrange('absent', scene());
    const many = Array.from({ length: 5 }, () => new TaskUnits());
    const attempts = many.map((units) => driver.reserveVolume({ volume: data.volume }, deliver(units.next())));
    const granted = (await Promise.allSettled(attempts)).filter(({ status }) => status === 'fulfilled');
    expect(granted).toHaveLength(1);
    const seen = await Promise.all(many.map(({ instanceId }) => fleet.look(fleet.here, instanceId)));
    expect(seen.filter((sight) => Object.keys(sight.volumes).length > 0)).toHaveLength(1);
  });

  test('a stale unit does not reserve a volume again that another instance has had meanwhile', async () => {
    const { driver, units } = scene();
    await arrange('absent', scene());
    const stale = units.next('reserve');
    await release(driver, deliver(units.next('reserve', 'undo')));
    const stranger = new TaskUnits();
    await driver.reserveVolume({ volume: data.volume }, deliver(stranger.next()));
    await release(driver, deliver(stranger.next()));
    const attempt = driver.reserveVolume({ volume: data.volume }, deliver(stale));
    await expect(attempt).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
  });

  test('a volume that was never made is not found', async () => {
    const { driver, units } = scene();
    const attempt = driver.reserveVolume({ volume: 'nothing' }, deliver(units.next()));
    await expect(attempt).rejects.toMatchObject({ code: 'VOLUME_NOT_FOUND' });
  });

  test.each(['off', 'running', 'paused'] as const)('a guest that is %s gets a volume and loses it', async (from) => {
    const { driver, fleet, units, look } = scene();
    await arrange(from, scene());
    await driver.reserveVolume({ volume: data.volume }, deliver(units.next()));
    const before = apartFromContents(await look());
    await driver.plugVolumes({ volumes: [data] }, deliver(units.next()));
    expect(apartFromContents(await look())).toEqual({ ...before, plugged: { data: '/dev/vdb' } });
    const unplugging = driver.plugVolumes({ volumes: [] }, deliver(units.next()));
    if (from === 'paused' && !fleet.letsGoWhilePaused) {
      await expect(unplugging).rejects.toMatchObject({ code: 'GUEST_UNRESPONSIVE' });
      return;
    }
    await unplugging;
    expect(apartFromContents(await look())).toEqual(before);
  });

  test('a guest has the volumes that it is defined with, until it is destroyed', async () => {
    const { driver, units, look } = scene();
    await arrange('disk', scene());
    await driver.reserveVolume({ volume: data.volume }, deliver(units.next()));
    await driver.defineGuest({ ...machine, volumes: [data] }, deliver(units.next()));
    expect((await look()).plugged).toEqual({ data: '/dev/vdb' });
    await driver.hardRebootGuest({ ...machine, volumes: [data] }, deliver(units.next()));
    expect((await look()).plugged).toEqual({ data: '/dev/vdb' });
    await driver.destroyGuest({}, deliver(units.next()));
    expect(await look()).toMatchObject({ plugged: {}, volumes: { data: contents } });
  });

  test('a volume is copied with its contents to one that is large enough', async () => {
    const { driver, units, look } = scene();
    await arrange('attached', scene());
    await driver.copyVolume(swap, deliver(units.next()));
    const copied = (await look()).volumes;
    expect(copied['spare']?.contents).toEqual(copied['data']?.contents);
    await driver.reserveVolume({ volume: 'small' }, deliver(units.next()));
    const attempt = driver.copyVolume({ ...swap, toVolume: 'small' }, deliver(units.next()));
    await expect(attempt).rejects.toMatchObject({ code: 'VOLUME_TOO_SMALL' });
  });

  test('a copy takes the place of its volume in a guest that runs, and has its own size when that is released', async () => {
    const { driver, units, look } = scene();
    await arrange('attached', scene());
    await driver.copyVolume(swap, deliver(units.next('copy')));
    const copied = (await look()).volumes['data'];
    await driver.plugVolumes({ volumes: [instead] }, deliver(units.next('plug')));
    expect(await look()).toMatchObject({ powerState: 'RUNNING', bootCount: 1, plugged: { spare: '/dev/vdb' } });
    await release(driver, deliver(units.next('release')));
    expect((await look()).volumes).toEqual({ spare: { ...copied, sizeGb: 20 } });
    // The one that is free comes back as any other.
    await driver.reserveVolume({ volume: data.volume }, deliver(units.next()));
    await driver.plugVolumes({ volumes: [instead, { ...data, device: '/dev/vdc' }] }, deliver(units.next()));
    expect((await look()).plugged).toEqual({ spare: '/dev/vdb', data: '/dev/vdc' });
    await driver.plugVolumes({ volumes: [] }, deliver(units.next()));
    expect((await look()).plugged).toEqual({});
  });

  test('a volume gets its place back from its copy, of which nothing is left', async () => {
    const { driver, units, look } = scene();
    await arrange('attached', scene());
    const before = await look();
    const [copy, plug] = [units.next('copy'), units.next('plug')];
    await driver.copyVolume(swap, deliver(copy));
    await driver.plugVolumes({ volumes: [instead] }, deliver(plug));
    await driver.plugVolumes({ volumes: [data] }, deliver({ ...units.next('plug', 'undo'), step: plug.step }));
    await wipe(driver, deliver({ ...units.next('copy', 'undo'), step: copy.step }));
    expect(apartFromContents(await look())).toEqual(apartFromContents(before));
  });

  test('the undo of a copy leaves nothing of it, and does nothing to a volume that was not copied to', async () => {
    const { driver, units, look } = scene();
    await arrange('attached', scene());
    const before = (await look()).volumes;
    const copy = units.next('copy');
    await driver.copyVolume(swap, deliver(copy));
    const undo = { ...units.next('copy', 'undo'), step: copy.step };
    await wipe(driver, deliver(undo));
    expect((await look()).volumes).toEqual(before);
  });
}
