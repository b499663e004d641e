/** The drivers that there are, by name. */
import { z } from 'zod';
import type { Driver } from './driver.ts';
import { libvirtDriver } from './libvirt/libvirt-driver.ts';
import { libvirtOptionsSchema } from './libvirt/options.ts';
import { simulatedOptionsSchema } from './simulated/options.ts';
import { simulatedDriver } from './simulated/simulated-driver.ts';

/** The options of each driver, as they are written in settings. */
export const driverOptionsSchemas = { libvirt: libvirtOptionsSchema, simulated: simulatedOptionsSchema } as const;
export type DriverName = keyof typeof driverOptionsSchemas;

/** True when there is a driver of that name. */
export const isDriverName = (name: string): name is DriverName => Object.hasOwn(driverOptionsSchemas, name);

/** The driver of that name for one hypervisor. Throws when there is none, or when the options are not its own. */
export function createDriver(name: string, host: string, options: unknown): Driver {
  if (!isDriverName(name)) {
    throw new Error(`there is no driver "${name}", only ${Object.keys(driverOptionsSchemas).join(', ')}`);
  }
  switch (name) {
    case 'libvirt':
      return libvirtDriver(host, parsed(name, libvirtOptionsSchema, options));
    case 'simulated':
      return simulatedDriver(host, parsed(name, simulatedOptionsSchema, options));
  }
}

function parsed<Schema extends z.ZodType>(name: DriverName, schema: Schema, options: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(options);
  if (error !== undefined) throw new Error(`options of the driver ${name}: ${z.prettifyError(error)}`);
  return data;
}
