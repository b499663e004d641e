/** Ports, and the interfaces that guests have. */
import { expect, test } from '@jest/globals';
import type { HostUnitName } from '../../../src/operations/units/index.ts';
import { deliver, machine } from '../deliveries.ts';
import { apartFromContents, arrange, further, type Case, type Idleness, type Refusal, type Scene } from './scene.ts';

const interfaces = [further];

export const cases = {
  plugNetwork: {
    from: 'absent',
    act: (driver, context) => driver.plugNetwork({}, context),
    answer: {},
    reaches: { port: true, boundPorts: [] },
  },
  unplugNetwork: {
    from: 'plugged',
    act: (driver, context) => driver.unplugNetwork({}, context),
    answer: {},
    reaches: { port: false, boundPorts: [] },
  },
  plugInterfaces: {
    from: 'running',
    act: (driver, context) => driver.plugInterfaces({ interfaces }, context),
    answer: {},
    reaches: { guestPorts: [further.port] },
  },
} satisfies Partial<Record<HostUnitName, Case>>;

export const refusals: readonly Refusal[] = [['plugInterfaces', 'absent', 'GUEST_NOT_FOUND']];

export const idle: readonly Idleness[] = [
  ['unplugNetwork', 'absent', {}],
  ['plugNetwork', 'plugged', {}],
];

/** What is to be said of them besides. */
export function tests(scene: () => Scene): void {
  test('the ports of further interfaces are bound beside the first, and all are unbound together', async () => {
    const { driver, units, look } = scene();
    await driver.plugNetwork({ interfaces }, deliver(units.next()));
    expect(await look()).toMatchObject({ port: true, boundPorts: [further.port] });
    await driver.plugNetwork({}, deliver(units.next()));
    expect(await look()).toMatchObject({ port: true, boundPorts: [] });
    await driver.plugNetwork({ interfaces }, deliver(units.next()));
    await driver.unplugNetwork({}, deliver(units.next()));
    expect(await look()).toMatchObject({ port: false, boundPorts: [] });
  });

  test.each(['off', 'running', 'paused'] as const)(
    'a guest that is %s gets an interface and loses it',
    async (from) => {
      const { driver, fleet, units, look } = scene();
      await arrange(from, scene());
      const before = apartFromContents(await look());
      await driver.plugInterfaces({ interfaces }, deliver(units.next()));
      expect(apartFromContents(await look())).toEqual({ ...before, guestPorts: [further.port] });
      const unplugging = driver.plugInterfaces({ interfaces: [] }, deliver(units.next()));
      if (from === 'paused' && !fleet.letsGoWhilePaused) {
        await expect(unplugging).rejects.toMatchObject({ code: 'GUEST_UNRESPONSIVE' });
        return;
      }
      await unplugging;
      expect(apartFromContents(await look())).toEqual(before);
    },
  );

  test('a guest has the interfaces that it is defined with', async () => {
    const { driver, units, look } = scene();
    await arrange('disk', scene());
    await driver.defineGuest({ ...machine, interfaces }, deliver(units.next()));
    expect(await look()).toMatchObject({ guestPorts: [further.port] });
    await driver.hardRebootGuest(machine, deliver(units.next()));
    expect(await look()).toMatchObject({ guestPorts: [] });
  });
}
