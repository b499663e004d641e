/** Ports. */
import type { HostUnitName } from '../../../src/operations/units/index.ts';
import type { Case, Idleness } from './scene.ts';

export const cases = {
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
} satisfies Partial<Record<HostUnitName, Case>>;

export const idle: readonly Idleness[] = [
  ['unplugNetwork', 'absent', {}],
  ['plugNetwork', 'plugged', {}],
];
