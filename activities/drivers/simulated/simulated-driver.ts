import type { HostUnitName } from '../../../src/operations/units/index.ts';
import type { Driver, UnitContext } from '../driver.ts';
import { readGuestConsole } from './console.ts';
import { describeGuest } from './description.ts';
import { copying } from './copy-disk.ts';
import { creating } from './create-disk.ts';
import { diskPreparation, diskRemoval } from './disks.ts';
import * as agents from './guest-agent.ts';
import { GuestList } from './guest-list.ts';
import * as guests from './guests.ts';
import { removing, uploading } from './images.ts';
import { openImageJournal, openJournal, openVolumeJournal } from './journal.ts';
import { imageDirectory, journalDirectory, volumeDirectory } from './layout.ts';
import { aborting, forcing, migrating } from './live-migration.ts';
import { disposal } from './migration-states.ts';
import type { SimulatedOptions } from './options.ts';
import { performing, type Hypervisor } from './perform.ts';
import { interfacePlugging, plugging, unplugging } from './ports.ts';
import { announce } from './presence.ts';
import * as reboots from './reboots.ts';
import { deliverable } from './repeated-delivery.ts';
import * as volumes from './volumes.ts';

/** A unit that is more than one effect on one host. */
type Acting = <Input, Output>(
  unit: HostUnitName,
  act: (input: Input, context: UnitContext) => Promise<Output>,
) => (input: Input, context: UnitContext) => Promise<Output>;

/**
 * A hypervisor that is only files: any number of workers may serve it, and the end of one of them, however sudden,
 * leaves it as it is.
 */
export function simulatedDriver(host: string, options: SimulatedOptions): Driver {
  announce(options.root, host);
  const hypervisor: Hypervisor = {
    host,
    options,
    journal: (instanceId, on = host) => openJournal(journalDirectory(options.root, on, instanceId)),
    image: (id) => openImageJournal(imageDirectory(options.root, id)),
    volume: (id) => openVolumeJournal(volumeDirectory(options.root, id)),
  };
  const guestList = new GuestList(options.root, host);
  const acting: Acting = (unit, act) => deliverable(options.root, { host, unit }, act);
  return {
    listGuests: () => guestList.read(),
    listDisks: async (instanceId) =>
      Object.keys((await hypervisor.journal(instanceId).newest())?.entry.state.disks ?? {}),
    describeGuest: (instanceId) => describeGuest(hypervisor, instanceId),
    readConsole: (instanceId, from) => readGuestConsole(options.root, host, instanceId, from),
    createDisk: acting('createDisk', creating(hypervisor)),
    copyDisk: acting('copyDisk', copying(hypervisor)),
    removeDisk: performing(hypervisor, 'removeDisk', diskRemoval),
    uploadImage: acting('uploadImage', uploading(hypervisor)),
    removeImages: acting('removeImages', removing(hypervisor)),
    reserveVolume: acting('reserveVolume', volumes.reserving(hypervisor)),
    releaseVolumes: acting('releaseVolumes', volumes.releasing(hypervisor)),
    plugVolumes: acting('plugVolumes', volumes.plugging(hypervisor)),
    copyVolume: acting('copyVolume', volumes.copying(hypervisor)),
    wipeVolume: acting('wipeVolume', volumes.wiping(hypervisor)),
    prepareDisk: performing(hypervisor, 'prepareDisk', diskPreparation),
    discardArrival: performing(hypervisor, 'discardArrival', disposal),
    plugNetwork: performing(hypervisor, 'plugNetwork', plugging),
    unplugNetwork: performing(hypervisor, 'unplugNetwork', unplugging),
    plugInterfaces: performing(hypervisor, 'plugInterfaces', interfacePlugging),
    defineGuest: performing(hypervisor, 'defineGuest', guests.definition),
    destroyGuest: performing(hypervisor, 'destroyGuest', guests.destruction),
    startGuest: performing(hypervisor, 'startGuest', guests.start),
    shutDownGuest: performing(hypervisor, 'shutDownGuest', reboots.shutDown),
    powerOffGuest: performing(hypervisor, 'powerOffGuest', guests.powerOff),
    softRebootGuest: performing(hypervisor, 'softRebootGuest', reboots.softReboot),
    hardRebootGuest: performing(hypervisor, 'hardRebootGuest', reboots.hardReboot),
    pauseGuest: performing(hypervisor, 'pauseGuest', guests.pause),
    unpauseGuest: performing(hypervisor, 'unpauseGuest', guests.unpause),
    suspendGuest: performing(hypervisor, 'suspendGuest', guests.suspend),
    resumeGuest: performing(hypervisor, 'resumeGuest', guests.resume),
    setAdminPassword: performing(hypervisor, 'setAdminPassword', agents.passwordChange),
    injectNmi: performing(hypervisor, 'injectNmi', agents.interruption),
    inspectGuest: performing(hypervisor, 'inspectGuest', guests.inspection),
    liveMigrateGuest: acting('liveMigrateGuest', migrating(hypervisor)),
    abortLiveMigration: acting('abortLiveMigration', aborting(hypervisor)),
    forceCompleteLiveMigration: acting('forceCompleteLiveMigration', forcing(hypervisor)),
  };
}
