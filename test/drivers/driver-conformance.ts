/** What every driver must do, whatever hypervisor it reaches. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Driver, UnitContext } from '../../activities/drivers/driver.ts';
import { effectKey, type UnitPurpose } from '../../src/model/unit.ts';
import { hostUnits, type HostUnitName } from '../../src/operations/units/index.ts';
import * as configDrive from './conformance/config-drive.ts';
import * as description from './conformance/description.ts';
import * as disks from './conformance/disks.ts';
import * as guests from './conformance/guests.ts';
import * as images from './conformance/images.ts';
import * as liveMigration from './conformance/live-migration.ts';
import * as ports from './conformance/ports.ts';
import * as volumes from './conformance/volumes.ts';
import { arrange, type Case, type Fleet, type Idleness, type Refusal, type Scene } from './conformance/scene.ts';
import { deliver, disk, machine, TaskUnits } from './deliveries.ts';

/** What is to be said of the units for one kind of thing. */
interface Chapter {
  readonly refusals?: readonly Refusal[];
  readonly idle?: readonly Idleness[];
  readonly tests?: (scene: () => Scene) => void;
}

const chapters: readonly Chapter[] = [disks, images, volumes, ports, guests, liveMigration, configDrive, description];
const cases: Readonly<Record<HostUnitName, Case>> = {
  ...disks.cases,
  ...images.cases,
  ...volumes.cases,
  ...ports.cases,
  ...guests.cases,
  ...liveMigration.cases,
};
const refusals = chapters.flatMap((chapter) => chapter.refusals ?? []);
const idle = chapters.flatMap((chapter) => chapter.idle ?? []);

const named = Object.entries(cases);
const inspect = (driver: Driver, context: UnitContext) => driver.inspectGuest({}, context);

/** Declares the tests for the fleet that `make` makes, a new one for each test. */
export function driverConformance(name: string, make: () => Promise<Fleet>): void {
  describe(`The ${name} driver`, () => {
    let scene: Scene;
    beforeEach(async () => {
      const fleet = await make();
      for (const { volume, sizeGb } of volumes.made) await fleet.makeVolume(volume, sizeGb);
      const units = new TaskUnits();
      const look = (at?: 'there') => fleet.look(at === undefined ? fleet.here : fleet.there, units.instanceId);
      scene = { fleet, driver: fleet.driver(fleet.here), units, look };
    });
    afterEach(() => scene.fleet.dispose());

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
        expect(await scene.look(at)).toMatchObject(reaches);
        expect(await effectsOf(purpose)).toHaveLength(effects);
      });

      test('has its effect once when it is delivered again and again', async () => {
        for (const attempt of [1, 1, 2, 3]) await expect(send(attempt)).resolves.toEqual(answer);
        expect(await scene.look(at)).toMatchObject(reaches);
        expect(await effectsOf(purpose)).toHaveLength(effects);
      });

      test('has its effect once when it is delivered several times at once', async () => {
        const answers = await Promise.all([send(), send(), send(), send()]);
        expect(answers).toEqual([answer, answer, answer, answer]);
        expect(await scene.look(at)).toMatchObject(reaches);
        expect(await effectsOf(purpose)).toHaveLength(effects);
      });

      test('has its effect once when several attempts are under way at once, and the newest prevails', async () => {
        const [first, second, third] = await Promise.allSettled([send(1), send(2), send(3)]);
        for (const older of [first, second]) {
          if (older.status === 'rejected') expect(older.reason).toMatchObject({ code: 'STALE_ATTEMPT' });
        }
        expect(third).toEqual({ status: 'fulfilled', value: answer });
        expect(await scene.look(at)).toMatchObject(reaches);
        expect(await effectsOf(purpose)).toHaveLength(effects);
      });

      test('changes nothing once a later unit has been there, even one that found nothing to do', async () => {
        const host = at === undefined ? scene.fleet.here : scene.fleet.there;
        await overtakenBy(scene.fleet.driver(host), deliver(scene.units.next('later', 'check')));
        const before = await scene.look(at);
        await expect(send()).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
        await expect(send(2)).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
        expect(await scene.look(at)).toEqual(before);
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
      const before = await scene.look();
      const purpose = scene.units.next('act');
      const attempt = cases[unit].act(scene.driver, deliver(purpose), scene.fleet);
      await expect(attempt).rejects.toMatchObject({ name: 'UnitFault', code });
      expect(hostUnits[unit].faults).toContain(code);
      expect(await scene.look()).toEqual(before);
      expect(await effectsOf(purpose)).toEqual([]);
    });

    test.each(idle)('%s of an instance that is %s already has no effect', async (unit, condition, answer) => {
      await arrange(condition, scene);
      const before = await scene.look();
      const purpose = scene.units.next('act', unit.startsWith('un') || unit.startsWith('re') ? 'undo' : 'run');
      await expect(cases[unit].act(scene.driver, deliver(purpose), scene.fleet)).resolves.toEqual(answer);
      expect(await scene.look()).toEqual(before);
      expect(await effectsOf(purpose)).toEqual([]);
    });

    for (const { tests } of chapters) tests?.(() => scene);

    test('the undo that found nothing to undo shuts out the unit that it undid', async () => {
      const { driver, units } = scene;
      const creation = units.next('disk');
      await driver.removeDisk({ disk: 'root' }, deliver(units.next('disk', 'undo')));
      await expect(driver.createDisk(disk, deliver(creation))).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
      expect((await scene.look()).disks).toEqual({});
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
