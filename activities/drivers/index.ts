/** The drivers that there are, by name. */
import { z } from 'zod';
import type { Driver } from './driver.ts';
import { simulatedOptionsSchema } from './simulated/options.ts';
import { simulatedDriver } from './simulated/simulated-driver.ts';

/** The options of each driver, as they are written in settings. */
export const driverOptionsSchemas = { simulated: simulatedOptionsSchema } as const;
export type DriverName = keyof typeof driverOptionsSchemas;

/** True when there is a driver of that name. */
export const isDriverName = (name: string): name is DriverName => Object.hasOwn(driverOptionsSchemas, name);

/** The driver of that name for one hypervisor. Throws when there is none, or when the options are not its own. */
export function createDriver(name: string, host: string, options: unknown): Driver {
  if (!isDriverName(name)) {
    throw new Error(`there is no driver "${name}", only ${Object.keys(driverOptionsSchemas).join(', ')}`);
  }
  const parsed = driverOptionsSchemas[name].safeParse(options);
  if (!parsed.success) throw new Error(`options of the driver ${name}: ${z.prettifyError(parsed.error)}`);
  return simulatedDriver(host, parsed.data);
}
