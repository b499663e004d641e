import type { Attachments } from '../../model/attachments.ts';
import type { ConfigMetadata, ConfigSecrets } from '../../model/config-drive.ts';
import type { Flavor } from '../../model/instance.ts';
import type { NotedRecord } from '../../model/noted-guest.ts';
import type { SealedSecret } from '../../model/secret.ts';
import type { PowerState } from '../../model/states.ts';
import { unit } from '../../model/unit.ts';
import { guestFaults, hostFaults } from './faults.ts';

/** What a hypervisor says of a guest after a unit has changed it. */
export interface GuestReport {
  readonly powerState: PowerState;
}

/** The definition of a guest: what the hypervisor keeps of it while it is off. */
export interface GuestDefinition extends Attachments, ConfigSecrets {
  readonly name: string;
  readonly flavor: Flavor;
  /** The disk that it starts from. */
  readonly disk: string;
  /** Disks beside it. */
  readonly otherDisks?: readonly string[];
  /** With the secrets, what its config drive says; it has none where absent. */
  readonly configDrive?: ConfigMetadata;
  /** What the hypervisor keeps with it for whoever has lost the record. Absent where an earlier version asks. */
  readonly record?: NotedRecord;
}

export const defineGuest = unit<GuestDefinition, GuestReport>()('defineGuest', {
  runsOn: 'host',
  ensures: 'the hypervisor has a guest of this definition, its volumes connected; a running one is refused',
  acquires: 'guest',
  faults: [...guestFaults, 'DISK_NOT_FOUND', 'SECRET_KEY_UNKNOWN'],
});

export const destroyGuest = unit<Record<string, never>, unknown>()('destroyGuest', {
  runsOn: 'host',
  ensures: 'the guest is off and no longer defined, and its volumes are no longer connected',
  acquires: null,
  releases: 'guest',
  faults: hostFaults,
});

export const startGuest = unit<Record<string, never>, GuestReport>()('startGuest', {
  runsOn: 'host',
  ensures: 'the guest runs',
  acquires: null,
  faults: [...guestFaults, 'DISK_NOT_FOUND'],
});

export const shutDownGuest = unit<{ readonly timeoutSeconds: number }, GuestReport & { readonly off: boolean }>()(
  'shutDownGuest',
  {
    runsOn: 'host',
    ensures: 'the guest was asked to shut down and given its time; says whether it did',
    acquires: null,
    faults: guestFaults,
  },
);

export const powerOffGuest = unit<Record<string, never>, GuestReport>()('powerOffGuest', {
  runsOn: 'host',
  ensures: 'the guest is off',
  acquires: null,
  faults: guestFaults,
});

export const softRebootGuest = unit<
  { readonly timeoutSeconds: number },
  GuestReport & { readonly rebooted: boolean }
>()('softRebootGuest', {
  runsOn: 'host',
  ensures: 'the guest was asked to reboot and given its time; says whether it did',
  acquires: null,
  faults: guestFaults,
});

export const hardRebootGuest = unit<GuestDefinition, GuestReport>()('hardRebootGuest', {
  runsOn: 'host',
  ensures: 'the guest was switched off, defined anew from the record and started, once',
  acquires: null,
  faults: [...guestFaults, 'DISK_NOT_FOUND', 'SECRET_KEY_UNKNOWN'],
});

export const pauseGuest = unit<Record<string, never>, GuestReport>()('pauseGuest', {
  runsOn: 'host',
  ensures: 'the guest is paused in memory',
  acquires: null,
  faults: guestFaults,
});

export const unpauseGuest = unit<Record<string, never>, GuestReport>()('unpauseGuest', {
  runsOn: 'host',
  ensures: 'a paused guest runs',
  acquires: null,
  faults: guestFaults,
});

export const suspendGuest = unit<Record<string, never>, GuestReport>()('suspendGuest', {
  runsOn: 'host',
  ensures: "the guest's memory is on disk and the guest is off",
  acquires: null,
  faults: guestFaults,
});

export const resumeGuest = unit<Record<string, never>, GuestReport>()('resumeGuest', {
  runsOn: 'host',
  ensures: 'a suspended guest runs from where it was',
  acquires: null,
  faults: guestFaults,
});

/** Only a running guest can be told. */
export const setAdminPassword = unit<{ readonly adminPassword: SealedSecret }, unknown>()('setAdminPassword', {
  optional: true,
  runsOn: 'host',
  ensures: 'the administrator of the guest has this password',
  acquires: null,
  faults: [...guestFaults, 'DISK_NOT_FOUND', 'GUEST_UNRESPONSIVE', 'SECRET_KEY_UNKNOWN'],
});

/** What comes of it is the guest's own affair. */
export const injectNmi = unit<Record<string, never>, GuestReport>()('injectNmi', {
  optional: true,
  runsOn: 'host',
  ensures: 'the guest was sent a non-maskable interrupt, once',
  acquires: null,
  faults: guestFaults,
});

/** Looks only. A guest that is not there has the power state NOSTATE. */
export const inspectGuest = unit<Record<string, never>, GuestReport>()('inspectGuest', {
  runsOn: 'host',
  ensures: 'nothing: it tells what the hypervisor has',
  acquires: null,
  faults: hostFaults,
});
