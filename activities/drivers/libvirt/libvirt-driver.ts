import type { Driver } from '../driver.ts';
import { readConsole } from './console.ts';
import { describeGuest } from './description.ts';
import * as disks from './disks.ts';
import * as agent from './guest-agent.ts';
import { watchGuests } from './events.ts';
import { forcing } from './forced-migration.ts';
import { listDisks, listGuests } from './guest-list.ts';
import * as guests from './guests.ts';
import * as images from './images.ts';
import { LibvirtHost } from './libvirt-host.ts';
import * as migration from './live-migration.ts';
import type { LibvirtOptions } from './options.ts';
import * as ports from './ports.ts';
import * as reboots from './reboots.ts';
import { suspend } from './suspension.ts';
import { tidy } from './tidying.ts';
import { performing, type Behaviour } from './unit.ts';
import * as swaps from './volume-swaps.ts';
import * as volumes from './volumes.ts';

/** What this host cannot do. */
const unsupportedOf = ({ peers }: LibvirtOptions): Pick<Driver, 'unsupported'> =>
  Object.keys(peers).length > 0
    ? {}
    : { unsupported: { liveMigrateGuest: 'its hypervisor knows of no other one that the guest could go to' } };

/** QEMU guests of one libvirt daemon. Any number of workers may serve it: what they need to know is kept beside the guests. */
export function libvirtDriver(name: string, options: LibvirtOptions): Driver {
  const host = new LibvirtHost(name, options);
  const unit = <Input, Output>(behaviour: Behaviour<Input, Output>) => performing(host, behaviour);
  return {
    ...unsupportedOf(options),
    peers: Object.keys(options.peers),
    listGuests: () => listGuests(host),
    watchGuests: (onNews, signal) => watchGuests(host, onNews, signal),
    tidy: () => tidy(host),
    listDisks: (instanceId) => listDisks(host, instanceId),
    describeGuest: (instanceId) => describeGuest(host, instanceId),
    readConsole: (instanceId, from) => readConsole(host, instanceId, from),
    createDisk: unit(disks.creation),
    copyDisk: unit(disks.copying),
    removeDisk: unit(disks.removal),
    prepareDisk: unit(disks.preparation),
    uploadImage: unit(images.uploading),
    removeImages: unit(images.removing),
    reserveVolume: unit(volumes.reserving),
    releaseVolumes: unit(volumes.releasing),
    plugVolumes: unit(volumes.plugging),
    copyVolume: unit(swaps.copying),
    wipeVolume: unit(swaps.wiping),
    plugNetwork: unit(ports.plugging),
    unplugNetwork: unit(ports.unplugging),
    plugInterfaces: unit(ports.interfacePlugging),
    defineGuest: unit(guests.definition),
    destroyGuest: unit(guests.destruction),
    startGuest: unit(guests.start),
    shutDownGuest: unit(reboots.shutDown),
    powerOffGuest: unit(guests.powerOff),
    softRebootGuest: unit(reboots.softReboot),
    hardRebootGuest: unit(reboots.hardReboot),
    pauseGuest: unit(guests.pause),
    unpauseGuest: unit(guests.unpause),
    suspendGuest: unit(suspend),
    resumeGuest: unit(guests.resume),
    setAdminPassword: unit(agent.passwordChange),
    injectNmi: unit(agent.interruption),
    inspectGuest: unit(guests.inspection),
    liveMigrateGuest: unit(migration.migrating(host)),
    abortLiveMigration: unit(migration.aborting),
    forceCompleteLiveMigration: forcing(host),
    discardArrival: unit(migration.disposal),
  };
}
