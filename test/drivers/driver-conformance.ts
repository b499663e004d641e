/** What every driver must do, whatever hypervisor it reaches. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Driver, UnitContext } from '../../activities/drivers/driver.ts';
import type { FaultCode } from '../../src/model/fault.ts';
import type { PowerState } from '../../src/model/states.ts';
import { effectKey, type UnitPurpose } from '../../src/model/unit.ts';
import { hostUnits, type HostUnitName } from '../../src/operations/units/index.ts';
import { deliver, disk, machine, TaskUnits } from './deliveries.ts';

/** What there is of an instance on a host. */
export interface Sight {
  readonly powerState: PowerState;
  readonly bootCount: number;
  /** The contents of each whole disk, and its size. */
  readonly disks: Readonly<Record<string, { readonly contents: string; readonly sizeGb: number }>>;
  readonly port: boolean;
  /** The contents of each whole image that was made from the instance, wherever one looks from. */
  readonly images: Readonly<Record<string, { readonly contents: string; readonly sizeGb: number }>>;
}

/** A driver, with two hypervisors of its own and a way to look behind its back. */
export interface Fleet {
  readonly here: string;
  readonly there: string;
  driver(host: string): Driver;
  look(host: string, instanceId: string): Promise<Sight>;
  /** The keys of all effects on the instance, on any host and on images made from it, oldest first. */
  effects(instanceId: string): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

type Condition = 'absent' | 'disk' | 'imaged' | 'off' | 'running' | 'paused' | 'suspended' | 'plugged';

interface Scene {
  readonly driver: Driver;
  readonly fleet: Fleet;
  readonly units: TaskUnits;
}

/** Brings an instance into a condition, by units of the driver itself. */
async function arrange(condition: Condition, { driver, units }: Scene): Promise<void> {
  const next = () => deliver(units.next('arrange'));
  if (condition === 'absent') return;
  if (condition === 'plugged') {
    await driver.plugNetwork({}, next());
    return;
  }
  await driver.createDisk(disk, next());
  if (condition === 'disk') return;
  if (condition === 'imaged') {
    await driver.uploadImage(golden, next());
    return;
  }
  await driver.defineGuest(machine, next());
  if (condition === 'off') return;
  await driver.startGuest({}, next());
  if (condition === 'paused') await driver.pauseGuest({}, next());
  if (condition === 'suspended') await driver.suspendGuest({}, next());
}

interface Case {
  readonly from: Condition;
  readonly act: (driver: Driver, context: UnitContext, fleet: Fleet) => Promise<unknown>;
  readonly answer: unknown;
  readonly reaches: Partial<Record<keyof Sight, unknown>>;
  /** Where to look; on the host of the driver where absent. */
  readonly at?: 'there';
  /** How many effects it has; one where absent. */
  readonly effects?: number;
  /** A unit that would have nothing to do with it if it did not come later; a look at the guest where absent. */
  readonly overtakenBy?: (driver: Driver, context: UnitContext) => Promise<unknown>;
}

const patience = { timeoutSeconds: 30 };
const grown = { disk: 'root', toDisk: 'copy', sizeGb: 40 };
const running = { powerState: 'RUNNING' } as const;
const golden = { image: 'f3d0a1c2-5b7e-4a39-8c61-2d9e0b47a815', name: 'golden', disk: 'root' };
const removeGolden = (driver: Driver, context: UnitContext) => driver.removeImages({ images: [golden.image] }, context);

const cases: Readonly<Record<HostUnitName, Case>> = {
  createDisk: {
    from: 'absent',
    act: (driver, context) => driver.createDisk(disk, context),
    answer: {},
    reaches: { disks: { root: { contents: expect.any(String), sizeGb: 20 } } },
  },
  copyDisk: {
    from: 'off',
    act: (driver, context, { there }) => driver.copyDisk({ ...grown, toHost: there }, context),
    answer: {},
    at: 'there',
    reaches: { disks: { copy: { contents: expect.any(String), sizeGb: 40 } } },
    effects: 2,
  },
  removeDisk: {
    from: 'disk',
    act: (driver, context) => driver.removeDisk({ disk: 'root' }, context),
    answer: {},
    reaches: { disks: {} },
  },
  uploadImage: {
    from: 'disk',
    act: (driver, context) => driver.uploadImage(golden, context),
    answer: {},
    reaches: { images: { [golden.image]: { contents: expect.any(String), sizeGb: 20 } } },
    effects: 2,
    overtakenBy: removeGolden,
  },
  removeImages: {
    from: 'imaged',
    act: removeGolden,
    answer: {},
    reaches: { images: {} },
    overtakenBy: removeGolden,
  },
  plugNetwork: {
    from: 'absent',
    act: (driver, context) => driver.plugNetwork({}, context),
    answer: {},
    reaches: { port: true },
  },
  unplugNetwork: {
    from: 'plugged',
    act: (driver, context) => driver.unplugNetwork({}, context),
    answer: {},
    reaches: { port: false },
  },
  defineGuest: {
    from: 'disk',
    act: (driver, context) => driver.defineGuest(machine, context),
    answer: { powerState: 'SHUTDOWN' },
    reaches: { powerState: 'SHUTDOWN', bootCount: 0 },
  },
  destroyGuest: {
    from: 'running',
    act: (driver, context) => driver.destroyGuest({}, context),
    answer: {},
    reaches: { powerState: 'NOSTATE' },
  },
  startGuest: {
    from: 'off',
    act: (driver, context) => driver.startGuest({}, context),
    answer: running,
    reaches: { ...running, bootCount: 1 },
  },
  shutDownGuest: {
    from: 'running',
    act: (driver, context) => driver.shutDownGuest(patience, context),
    answer: { powerState: 'SHUTDOWN', off: true },
    reaches: { powerState: 'SHUTDOWN' },
  },
  powerOffGuest: {
    from: 'running',
    act: (driver, context) => driver.powerOffGuest({}, context),
    answer: { powerState: 'SHUTDOWN' },
    reaches: { powerState: 'SHUTDOWN' },
  },
  softRebootGuest: {
    from: 'running',
    act: (driver, context) => driver.softRebootGuest(patience, context),
    answer: { powerState: 'RUNNING', rebooted: true },
    reaches: { ...running, bootCount: 2 },
  },
  hardRebootGuest: {
    from: 'running',
    act: (driver, context) => driver.hardRebootGuest(machine, context),
    answer: running,
    reaches: { ...running, bootCount: 2 },
  },
  pauseGuest: {
    from: 'running',
    act: (driver, context) => driver.pauseGuest({}, context),
    answer: { powerState: 'PAUSED' },
    reaches: { powerState: 'PAUSED' },
  },
  unpauseGuest: {
    from: 'paused',
    act: (driver, context) => driver.unpauseGuest({}, context),
    answer: running,
    reaches: { ...running, bootCount: 1 },
  },
  suspendGuest: {
    from: 'running',
    act: (driver, context) => driver.suspendGuest({}, context),
    answer: { powerState: 'SUSPENDED' },
    reaches: { powerState: 'SUSPENDED' },
  },
  resumeGuest: {
    from: 'suspended',
    act: (driver, context) => driver.resumeGuest({}, context),
    answer: running,
    reaches: { ...running, bootCount: 1 },
  },
  inspectGuest: {
    from: 'paused',
    act: (driver, context) => driver.inspectGuest({}, context),
    answer: { powerState: 'PAUSED' },
    reaches: { powerState: 'PAUSED' },
    effects: 0,
  },
};

/** Units that find a state that they cannot start from. */
const refusals: readonly (readonly [HostUnitName, Condition, FaultCode])[] = [
  ['copyDisk', 'absent', 'DISK_NOT_FOUND'],
  ['uploadImage', 'absent', 'DISK_NOT_FOUND'],
  ['defineGuest', 'absent', 'DISK_NOT_FOUND'],
  ['defineGuest', 'running', 'GUEST_STATE_CONFLICT'],
  ['hardRebootGuest', 'absent', 'DISK_NOT_FOUND'],
  ['startGuest', 'absent', 'GUEST_NOT_FOUND'],
  ['startGuest', 'paused', 'GUEST_STATE_CONFLICT'],
  ['startGuest', 'suspended', 'GUEST_STATE_CONFLICT'],
  ['shutDownGuest', 'absent', 'GUEST_NOT_FOUND'],
  ['shutDownGuest', 'paused', 'GUEST_STATE_CONFLICT'],
  ['powerOffGuest', 'absent', 'GUEST_NOT_FOUND'],
  ['softRebootGuest', 'absent', 'GUEST_NOT_FOUND'],
  ['softRebootGuest', 'paused', 'GUEST_STATE_CONFLICT'],
  ['pauseGuest', 'absent', 'GUEST_NOT_FOUND'],
  ['pauseGuest', 'off', 'GUEST_STATE_CONFLICT'],
  ['unpauseGuest', 'absent', 'GUEST_NOT_FOUND'],
  ['unpauseGuest', 'off', 'GUEST_STATE_CONFLICT'],
  ['suspendGuest', 'absent', 'GUEST_NOT_FOUND'],
  ['suspendGuest', 'off', 'GUEST_STATE_CONFLICT'],
  ['resumeGuest', 'absent', 'GUEST_NOT_FOUND'],
  ['resumeGuest', 'off', 'GUEST_STATE_CONFLICT'],
];

/** Units that find nothing to do. */
const idle: readonly (readonly [HostUnitName, Condition, unknown])[] = [
  ['removeDisk', 'absent', {}],
  ['uploadImage', 'imaged', {}],
  ['removeImages', 'absent', {}],
  ['unplugNetwork', 'absent', {}],
  ['destroyGuest', 'absent', {}],
  ['inspectGuest', 'absent', { powerState: 'NOSTATE' }],
  ['createDisk', 'disk', {}],
  ['plugNetwork', 'plugged', {}],
  ['defineGuest', 'off', { powerState: 'SHUTDOWN' }],
  ['startGuest', 'running', running],
  ['shutDownGuest', 'off', { powerState: 'SHUTDOWN', off: true }],
  ['powerOffGuest', 'off', { powerState: 'SHUTDOWN' }],
  ['powerOffGuest', 'suspended', { powerState: 'SUSPENDED' }],
  ['pauseGuest', 'paused', { powerState: 'PAUSED' }],
  ['unpauseGuest', 'running', running],
  ['suspendGuest', 'suspended', { powerState: 'SUSPENDED' }],
  ['resumeGuest', 'running', running],
];

const named = Object.entries(cases);
const inspect = (driver: Driver, context: UnitContext) => driver.inspectGuest({}, context);

/** Declares the tests for the fleet that `make` makes, a new one for each test. */
export function driverConformance(name: string, make: () => Promise<Fleet>): void {
  describe(`The ${name} driver`, () => {
    let scene: Scene;
    beforeEach(async () => {
      const fleet = await make();
      scene = { fleet, driver: fleet.driver(fleet.here), units: new TaskUnits() };
    });
    afterEach(() => scene.fleet.dispose());

    const look = (at?: 'there') =>
      scene.fleet.look(at === undefined ? scene.fleet.here : scene.fleet.there, scene.units.instanceId);
    const effectsOf = async (purpose: UnitPurpose) =>
      (await scene.fleet.effects(scene.units.instanceId)).filter((key) => key === effectKey(purpose));

    test('has a case for each unit of hosts', () => {
      expect(Object.keys(cases).sort()).toEqual(Object.keys(hostUnits).sort());
    });

    describe.each(named)('%s', (_unit, { from, act, answer, reaches, at, effects = 1, overtakenBy = inspect }) => {
      let purpose: UnitPurpose;
      const send = (attempt = 1) => act(scene.driver, deliver(purpose, attempt), scene.fleet);
      beforeEach(async () => {
        await arrange(from, scene);
        purpose = scene.units.next('act');
      });

      test('makes true what it ensures', async () => {
        await expect(send()).resolves.toEqual(answer);
        expect(await look(at)).toMatchObject(reaches);
        expect(await effectsOf(purpose)).toHaveLength(effects);
      });

      test('has its effect once when it is delivered again and again', async () => {
        for (const attempt of [1, 1, 2, 3]) await expect(send(attempt)).resolves.toEqual(answer);
        expect(await look(at)).toMatchObject(reaches);
        expect(await effectsOf(purpose)).toHaveLength(effects);
      });

      test('has its effect once when it is delivered several times at once', async () => {
        const answers = await Promise.all([send(), send(), send(), send()]);
        expect(answers).toEqual([answer, answer, answer, answer]);
        expect(await look(at)).toMatchObject(reaches);
        expect(await effectsOf(purpose)).toHaveLength(effects);
      });

      test('has its effect once when several attempts are under way at once, and the newest prevails', async () => {
        const [first, second, third] = await Promise.allSettled([send(1), send(2), send(3)]);
        for (const older of [first, second]) {
          if (older.status === 'rejected') expect(older.reason).toMatchObject({ code: 'STALE_ATTEMPT' });
        }
        expect(third).toEqual({ status: 'fulfilled', value: answer });
        expect(await look(at)).toMatchObject(reaches);
        expect(await effectsOf(purpose)).toHaveLength(effects);
      });

      test('changes nothing once a later unit has been there, even one that found nothing to do', async () => {
        const host = at === undefined ? scene.fleet.here : scene.fleet.there;
        await overtakenBy(scene.fleet.driver(host), deliver(scene.units.next('later', 'check')));
        const before = await look(at);
        await expect(send()).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
        await expect(send(2)).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
        expect(await look(at)).toEqual(before);
        expect(await effectsOf(purpose)).toEqual([]);
      });

      test('changes nothing once a later task has been there', async () => {
        const host = at === undefined ? scene.fleet.here : scene.fleet.there;
        const later = new TaskUnits(scene.units.instanceId, 2);
        await overtakenBy(scene.fleet.driver(host), deliver(later.next('later', 'check')));
        await expect(send(7)).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
        expect(await effectsOf(purpose)).toEqual([]);
      });

      test('changes nothing when it is cancelled before it begins', async () => {
        const reason = new Error('cancelled');
        const signal = AbortSignal.abort(reason);
        await expect(act(scene.driver, deliver(purpose, 1, { signal }), scene.fleet)).rejects.toBe(reason);
        expect(await effectsOf(purpose)).toEqual([]);
      });
    });

    test.each(refusals)('%s of an instance that is %s is refused as %s', async (unit, condition, code) => {
      await arrange(condition, scene);
      const before = await look();
      const purpose = scene.units.next('act');
      const attempt = cases[unit].act(scene.driver, deliver(purpose), scene.fleet);
      await expect(attempt).rejects.toMatchObject({ name: 'UnitFault', code });
      expect(hostUnits[unit].faults).toContain(code);
      expect(await look()).toEqual(before);
      expect(await effectsOf(purpose)).toEqual([]);
    });

    test.each(idle)('%s of an instance that is %s already has no effect', async (unit, condition, answer) => {
      await arrange(condition, scene);
      const before = await look();
      const purpose = scene.units.next('act', unit.startsWith('un') || unit.startsWith('re') ? 'undo' : 'run');
      await expect(cases[unit].act(scene.driver, deliver(purpose), scene.fleet)).resolves.toEqual(answer);
      expect(await look()).toEqual(before);
      expect(await effectsOf(purpose)).toEqual([]);
    });

    test('all guests of the hypervisor are listed, each as it is by then', async () => {
      const { driver, units } = scene;
      const { instanceId } = units;
      const other = new TaskUnits();
      expect(await driver.listGuests()).toEqual([]);
      await arrange('running', scene);
      await arrange('off', { ...scene, units: other });
      expect(await driver.listGuests()).toHaveLength(2);
      expect(await driver.listGuests()).toEqual(
        expect.arrayContaining([
          { instanceId, powerState: 'RUNNING' },
          { instanceId: other.instanceId, powerState: 'SHUTDOWN' },
        ]),
      );
      await driver.pauseGuest({}, deliver(units.next()));
      expect(await driver.listGuests()).toContainEqual({ instanceId, powerState: 'PAUSED' });
      await driver.destroyGuest({}, deliver(units.next()));
      expect(await driver.listGuests()).toEqual([{ instanceId: other.instanceId, powerState: 'SHUTDOWN' }]);
    });

    test('a copied disk has the contents of its source, which stays', async () => {
      const { driver, fleet, units } = scene;
      await arrange('off', scene);
      await driver.copyDisk({ ...grown, toHost: fleet.there }, deliver(units.next()));
      const source = (await look()).disks.root;
      expect((await look('there')).disks.copy).toEqual({ ...source, sizeGb: 40 });
    });

    test('a disk can be copied to another name on its own host', async () => {
      const { driver, fleet, units } = scene;
      await arrange('off', scene);
      await driver.copyDisk({ ...grown, toHost: fleet.here }, deliver(units.next()));
      expect(Object.keys((await look()).disks).sort()).toEqual(['copy', 'root']);
    });

    test('a disk made from an image that was uploaded has its contents, on any host and for any instance', async () => {
      const { driver, fleet, units } = scene;
      await arrange('imaged', scene);
      const { root } = (await look()).disks;
      const fromImage = { disk: 'other', image: golden.image, sizeGb: 40 };
      await driver.createDisk(fromImage, deliver(units.next()));
      expect((await look()).disks.other).toEqual({ ...root, sizeGb: 40 });
      const stranger = new TaskUnits();
      await fleet.driver(fleet.there).createDisk(fromImage, deliver(stranger.next()));
      expect((await fleet.look(fleet.there, stranger.instanceId)).disks.other).toEqual({ ...root, sizeGb: 40 });
    });

    test('an image keeps its contents when the disk that it was made from is gone', async () => {
      const { driver, units } = scene;
      await arrange('imaged', scene);
      const before = (await look()).images;
      await driver.removeDisk({ disk: 'root' }, deliver(units.next()));
      expect((await look()).images).toEqual(before);
    });

    test('no disk is made from an image that has been removed', async () => {
      const { driver, units } = scene;
      await arrange('imaged', scene);
      await removeGolden(driver, deliver(units.next()));
      const attempt = driver.createDisk({ disk: 'other', image: golden.image, sizeGb: 20 }, deliver(units.next()));
      await expect(attempt).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
      expect(Object.keys((await look()).disks)).toEqual(['root']);
    });

    test('two disks made from one image that hosts know by themselves differ in their contents', async () => {
      const { driver, units } = scene;
      await arrange('disk', scene);
      await driver.createDisk({ ...disk, disk: 'other' }, deliver(units.next()));
      const { root, other } = (await look()).disks;
      expect(other?.contents).not.toBe(root?.contents);
    });

    test('a disk of that name that is another one is never overwritten', async () => {
      const { driver, units } = scene;
      await arrange('disk', scene);
      const before = await look();
      const attempt = driver.createDisk({ ...disk, image: 'fedora-43' }, deliver(units.next()));
      await expect(attempt).rejects.toMatchObject({ code: 'HYPERVISOR_ERROR' });
      expect(await look()).toEqual(before);
    });

    test('a guest that is off takes a new definition and keeps count of its boots', async () => {
      const { driver, units } = scene;
      await arrange('running', scene);
      await driver.createDisk({ ...disk, disk: 'new' }, deliver(units.next()));
      await driver.powerOffGuest({}, deliver(units.next()));
      await driver.defineGuest({ ...machine, disk: 'new' }, deliver(units.next()));
      await driver.removeDisk({ disk: 'root' }, deliver(units.next()));
      await driver.startGuest({}, deliver(units.next()));
      expect(await look()).toMatchObject({ powerState: 'RUNNING', bootCount: 2 });
    });

    test('a guest whose disk is gone does not start', async () => {
      const { driver, units } = scene;
      await arrange('off', scene);
      await driver.removeDisk({ disk: 'root' }, deliver(units.next()));
      await expect(driver.startGuest({}, deliver(units.next()))).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
    });

    test.each(['absent', 'off', 'paused', 'suspended'] as const)(
      'a hard reboot starts an instance that is %s',
      async (condition) => {
        const { driver, units } = scene;
        await arrange(condition === 'absent' ? 'disk' : condition, scene);
        await expect(driver.hardRebootGuest(machine, deliver(units.next()))).resolves.toEqual(running);
      },
    );

    test('each hard reboot starts the guest anew', async () => {
      const { driver, units } = scene;
      await arrange('running', scene);
      for (let i = 0; i < 3; i++) await driver.hardRebootGuest(machine, deliver(units.next()));
      expect(await look()).toMatchObject({ bootCount: 4 });
    });

    test('the conflict with a power state names it to the owner', async () => {
      const { driver, units } = scene;
      await arrange('paused', scene);
      await expect(driver.startGuest({}, deliver(units.next()))).rejects.toMatchObject({ remark: 'It is paused.' });
    });

    test('the undo that found nothing to undo shuts out the unit that it undid', async () => {
      const { driver, units } = scene;
      const creation = units.next('disk');
      await driver.removeDisk({ disk: 'root' }, deliver(units.next('disk', 'undo')));
      await expect(driver.createDisk(disk, deliver(creation))).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
      expect((await look()).disks).toEqual({});
    });

    test('a unit that was refused has shut out what came before it', async () => {
      const { driver, units } = scene;
      await arrange('disk', scene);
      const definition = units.next('define');
      await expect(driver.startGuest({}, deliver(units.next('boot')))).rejects.toMatchObject({
        code: 'GUEST_NOT_FOUND',
      });
      await expect(driver.defineGuest(machine, deliver(definition))).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
    });
  });
}
