/** What the conformance suite works with: a driver, conditions to bring an instance into, and cases. */
import type { Driver, UnitContext } from '../../../activities/drivers/driver.ts';
import type { FaultCode } from '../../../src/model/fault.ts';
import type { PowerState } from '../../../src/model/states.ts';
import type { HostUnitName } from '../../../src/operations/units/index.ts';
import { deliver, disk, machine, type TaskUnits } from '../deliveries.ts';

interface Content {
  readonly contents: string;
  readonly sizeGb: number;
}

/** What there is of an instance on a host. */
export interface Sight {
  readonly powerState: PowerState;
  readonly bootCount: number;
  /** The contents of each whole disk, and its size. */
  readonly disks: Readonly<Record<string, Content>>;
  readonly port: boolean;
  /** Ports of further interfaces: those that are bound to the host, and those that the guest has. */
  readonly boundPorts: readonly string[];
  readonly guestPorts: readonly string[];
  /** Device by volume, of those that the guest has and the host is connected to. */
  readonly plugged: Readonly<Record<string, string>>;
  /** The contents of each whole volume that is reserved for the instance, wherever one looks from. */
  readonly volumes: Readonly<Record<string, Content>>;
  /** How many non-maskable interrupts the guest got. */
  readonly interrupts: number;
  /** The contents of each whole image that was made from the instance, wherever one looks from. */
  readonly images: Readonly<Record<string, Content>>;
}

/** The same without what is on its disk: a guest that runs may write to it at any time. */
export const apartFromContents = ({ disks, ...sight }: Sight) => ({ ...sight, disks: Object.keys(disks) });

/** A driver, with two hypervisors of its own and a way to look behind its back. */
export interface Fleet {
  readonly here: string;
  readonly there: string;
  /** Whether a guest that is paused lets go of a device: a real one has to be asked. */
  readonly letsGoWhilePaused: boolean;
  driver(host: string): Driver;
  look(host: string, instanceId: string): Promise<Sight>;
  /** The keys of all effects on the instance, on any host, on images made from it and on volumes, oldest first. */
  effects(instanceId: string): Promise<readonly string[]>;
  /** Makes an empty volume. */
  makeVolume(id: string, sizeGb: number): Promise<void>;
  /** Whether the administrator of the guest has this password. */
  hasPassword(host: string, instanceId: string, password: string): Promise<boolean>;
  /** SHA-256 of the files of its config drive, by their paths; null where the host has none for it. */
  configDrive(host: string, instanceId: string): Promise<Readonly<Record<string, string>> | null>;
  dispose(): Promise<void>;
}

export type Condition =
  | 'absent'
  | 'disk'
  | 'imaged'
  | 'off'
  | 'running'
  | 'paused'
  | 'suspended'
  | 'plugged'
  /** The volume {@link data} is reserved for it, and no guest has it. */
  | 'reserved'
  /** It runs, {@link data} and {@link spare} are reserved for it, and the guest has the first. */
  | 'attached'
  /** It runs, and the disk `copy` has been prepared for it on the other host. */
  | 'expected';

export interface Scene {
  readonly driver: Driver;
  readonly fleet: Fleet;
  readonly units: TaskUnits;
  /** What there is of the instance, on the host of the driver or on the other one. */
  readonly look: (at?: 'there') => Promise<Sight>;
}

export const golden = { image: 'f3d0a1c2-5b7e-4a39-8c61-2d9e0b47a815', name: 'golden', disk: 'root' };
/** Volumes; the second one is larger. */
export const data = { volume: 'data', device: '/dev/vdb' };
export const spare = { volume: 'spare', device: '/dev/vdc' };
/** An interface beside the first. */
export const further = { port: 'c0d7a4e2-7f4b-4c55-9f0a-5a1f3b6e2d10', network: 'private', mac: 'fa:16:3e:c0:d7:a4' };
export const running = { powerState: 'RUNNING' } as const;

/** Brings an instance into a condition, by units of the driver itself. */
export async function arrange(condition: Condition, scene: Scene): Promise<void> {
  const { driver, fleet, units } = scene;
  const next = () => deliver(units.next('arrange'));
  if (condition === 'absent') return;
  if (condition === 'reserved') {
    await driver.reserveVolume({ volume: data.volume }, next());
    return;
  }
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
  if (condition === 'attached') {
    for (const { volume } of [data, spare]) await driver.reserveVolume({ volume }, next());
    await driver.plugVolumes({ volumes: [data] }, next());
  }
  if (condition === 'paused') await driver.pauseGuest({}, next());
  if (condition === 'suspended') await driver.suspendGuest({}, next());
  if (condition === 'expected') await fleet.driver(fleet.there).prepareDisk({ ...disk, disk: 'copy' }, next());
}

/** A unit that has something to do. */
export interface Case {
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

/** A unit that finds a state that it cannot start from. */
export type Refusal = readonly [HostUnitName, Condition, FaultCode];

/** A unit that finds nothing to do, and what it answers. */
export type Idleness = readonly [HostUnitName, Condition, unknown];
