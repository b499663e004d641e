/** Guests. */
import { expect, test } from '@jest/globals';
import type { HostUnitName } from '../../../src/operations/units/index.ts';
import { eventually } from '../../support/eventually.ts';
import { deliver, disk, machine, TaskUnits } from '../deliveries.ts';
import { arrange, running, type Case, type Idleness, type Refusal, type Scene } from './scene.ts';

const secret = { adminPassword: 'correct horse' };
const patience = { timeoutSeconds: 30 };

export const cases = {
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
  setAdminPassword: {
    from: 'running',
    act: (driver, context) => driver.setAdminPassword(secret, context),
    answer: {},
    reaches: running,
  },
  injectNmi: {
    from: 'paused',
    act: (driver, context) => driver.injectNmi({}, context),
    answer: { powerState: 'PAUSED' },
    reaches: { interrupts: 1 },
  },
  inspectGuest: {
    from: 'paused',
    act: (driver, context) => driver.inspectGuest({}, context),
    answer: { powerState: 'PAUSED' },
    reaches: { powerState: 'PAUSED' },
    effects: 0,
  },
} satisfies Partial<Record<HostUnitName, Case>>;

export const refusals: readonly Refusal[] = [
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
  ['setAdminPassword', 'absent', 'GUEST_NOT_FOUND'],
  ['setAdminPassword', 'paused', 'GUEST_STATE_CONFLICT'],
  ['injectNmi', 'absent', 'GUEST_NOT_FOUND'],
  ['injectNmi', 'off', 'GUEST_STATE_CONFLICT'],
  ['resumeGuest', 'absent', 'GUEST_NOT_FOUND'],
  ['resumeGuest', 'off', 'GUEST_STATE_CONFLICT'],
];

export const idle: readonly Idleness[] = [
  ['destroyGuest', 'absent', {}],
  ['inspectGuest', 'absent', { powerState: 'NOSTATE' }],
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

/** What is to be said of them besides. */
export function tests(scene: () => Scene): void {
  test('all guests of the hypervisor are listed, each as it is by then', async () => {
    const { driver, units } = scene();
    const { instanceId } = units;
    const other = new TaskUnits();
    expect(await driver.listGuests()).toEqual([]);
    await arrange('running', scene());
    await arrange('off', { ...scene(), units: other });
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

  test('the console of a guest grows with each boot, and there is none where there is no guest', async () => {
    const { driver, units } = scene();
    const { instanceId } = units;
    await expect(driver.readConsole(instanceId, 0)).rejects.toMatchObject({ code: 'GUEST_NOT_FOUND' });
    await arrange('running', scene());
    const written = (after: string) =>
      eventually('the guest has written more', async () => {
        const text = Buffer.from((await driver.readConsole(instanceId, 0)).bytes).toString();
        return text.length > after.length && text;
      });
    const first = await written('');
    await driver.hardRebootGuest(machine, deliver(units.next()));
    expect((await written(first)).startsWith(first)).toBe(true);
    const since = await driver.readConsole(instanceId, first.length);
    expect(since.from).toBe(first.length);
    expect(since.bytes.length).toBeGreaterThan(0);
    expect((await driver.readConsole(instanceId, 1_000_000)).from).toBe(0);
    await driver.destroyGuest({}, deliver(units.next()));
    await expect(driver.readConsole(instanceId, 0)).rejects.toMatchObject({ code: 'GUEST_NOT_FOUND' });
  });

  test('a guest that is off takes a new definition and keeps count of its boots', async () => {
    const { driver, units } = scene();
    await arrange('running', scene());
    await driver.createDisk({ ...disk, disk: 'new' }, deliver(units.next()));
    await driver.powerOffGuest({}, deliver(units.next()));
    await driver.defineGuest({ ...machine, disk: 'new' }, deliver(units.next()));
    await driver.removeDisk({ disk: 'root' }, deliver(units.next()));
    await driver.startGuest({}, deliver(units.next()));
    expect(await scene().look()).toMatchObject({ powerState: 'RUNNING', bootCount: 2 });
  });

  test('a guest whose disk is gone does not start', async () => {
    const { driver, units } = scene();
    await arrange('off', scene());
    await driver.removeDisk({ disk: 'root' }, deliver(units.next()));
    await expect(driver.startGuest({}, deliver(units.next()))).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
  });

  test('the administrator has the password that was set last, also after a reboot', async () => {
    const { driver, fleet, units } = scene();
    const has = (password: string) => fleet.hasPassword(fleet.here, units.instanceId, password);
    await arrange('running', scene());
    expect(await has(secret.adminPassword)).toBe(false);
    await driver.setAdminPassword(secret, deliver(units.next()));
    await driver.setAdminPassword({ adminPassword: 'battery staple' }, deliver(units.next()));
    await driver.hardRebootGuest(machine, deliver(units.next()));
    expect(await has(secret.adminPassword)).toBe(false);
    expect(await has('battery staple')).toBe(true);
  });

  test.each(['absent', 'off', 'paused', 'suspended'] as const)(
    'a hard reboot starts an instance that is %s',
    async (condition) => {
      const { driver, units } = scene();
      await arrange(condition === 'absent' ? 'disk' : condition, scene());
      await expect(driver.hardRebootGuest(machine, deliver(units.next()))).resolves.toEqual(running);
    },
  );

  test('each hard reboot starts the guest anew', async () => {
    const { driver, units } = scene();
    await arrange('running', scene());
    for (let i = 0; i < 3; i++) await driver.hardRebootGuest(machine, deliver(units.next()));
    expect(await scene().look()).toMatchObject({ bootCount: 4 });
  });

  test('the conflict with a power state names it to the owner', async () => {
    const { driver, units } = scene();
    await arrange('paused', scene());
    await expect(driver.startGuest({}, deliver(units.next()))).rejects.toMatchObject({ remark: 'It is paused.' });
  });
}
