/** All units of work. Activities of the same names carry them out (`activities/`); operations name them as data. */
import * as disk from './disk.ts';
import * as guest from './guest.ts';
import * as image from './image.ts';
import * as migration from './migration.ts';
import * as network from './network.ts';
import * as placement from './placement.ts';
import * as volume from './volume.ts';

export * from './disk.ts';
export * from './guest.ts';
export * from './image.ts';
export * from './migration.ts';
export * from './network.ts';
export * from './placement.ts';
export * from './volume.ts';

/** The units of hosts, by name: what a driver's host worker offers. */
export const hostUnits = { ...disk, ...image, ...volume, ...network, ...guest, ...migration } as const;

/** The units of the control plane, by name. */
export const controlUnits = { ...placement } as const;

export const units = { ...hostUnits, ...controlUnits } as const;
export type HostUnitName = keyof typeof hostUnits;
