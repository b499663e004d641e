/** All units of work. Activities of the same names carry them out (`activities/`); operations name them as data. */
import type { Flavor } from '../model/instance.ts';
import type { PowerState } from '../model/states.ts';
import { unit } from '../model/unit.ts';

const hostFaults = [
  'HYPERVISOR_ERROR',
  'HYPERVISOR_UNREACHABLE',
  'HOST_UNRESPONSIVE',
  'HOST_DOWN',
  'HOST_BUSY',
  'DEADLINE_EXCEEDED',
  'STALE_ATTEMPT',
  'INTERNAL_ERROR',
] as const;
const guestFaults = [...hostFaults, 'GUEST_NOT_FOUND', 'GUEST_STATE_CONFLICT'] as const;
const diskFaults = [...hostFaults, 'DISK_NOT_FOUND'] as const;
const controlFaults = ['DEADLINE_EXCEEDED', 'INTERNAL_ERROR'] as const;

/** What a hypervisor says of a guest after a unit has changed it. */
export interface GuestReport {
  readonly powerState: PowerState;
}

// Placement

export const claimHost = unit<
  {
    /** Id of the claim to make. */
    readonly claim: string;
    readonly flavor: Flavor;
    /** Only this host will do. */
    readonly host?: string;
    /** Taken only when no other has room. */
    readonly avoid?: string;
    /** Not taken at all. */
    readonly exclude?: string;
  },
  { readonly host: string }
>()('claimHost', {
  runsOn: 'control',
  ensures: 'room for the flavor is claimed on the best host that has it',
  acquires: 'claim',
  faults: [...controlFaults, 'NO_VALID_HOST'],
});

export const releaseClaim = unit<{ readonly claim: string; readonly host: string | null }, unknown>()('releaseClaim', {
  runsOn: 'control',
  ensures: 'the claim is gone from its host, or from every host when it is not known which one granted it',
  acquires: null,
  faults: controlFaults,
});

// Disks

export const createDisk = unit<{ readonly disk: string; readonly image: string; readonly sizeGb: number }, unknown>()(
  'createDisk',
  {
    runsOn: 'host',
    ensures: 'the disk exists, made from the image',
    acquires: 'disk',
    faults: hostFaults,
  },
);

export const copyDisk = unit<
  {
    readonly disk: string;
    readonly toHost: string;
    readonly toDisk: string;
    readonly sizeGb: number;
  },
  unknown
>()('copyDisk', {
  runsOn: 'host',
  ensures: 'the destination has a whole copy of the disk, of the new size',
  acquires: 'disk',
  faults: diskFaults,
});

export const removeDisk = unit<{ readonly disk: string }, unknown>()('removeDisk', {
  runsOn: 'host',
  ensures: 'the disk does not exist',
  acquires: null,
  faults: hostFaults,
});

// Network

export const plugNetwork = unit<Record<string, never>, unknown>()('plugNetwork', {
  runsOn: 'host',
  ensures: 'the port of the instance is bound to the host',
  acquires: 'port',
  faults: hostFaults,
});

export const unplugNetwork = unit<Record<string, never>, unknown>()('unplugNetwork', {
  runsOn: 'host',
  ensures: 'the host has no port of the instance',
  acquires: null,
  faults: hostFaults,
});

// Guests

/** The definition of a guest: what the hypervisor keeps of it while it is off. */
export interface GuestDefinition {
  readonly name: string;
  readonly flavor: Flavor;
  /** The disk that it starts from. */
  readonly disk: string;
  /** Disks beside it. */
  readonly otherDisks?: readonly string[];
}

export const defineGuest = unit<GuestDefinition, GuestReport>()('defineGuest', {
  runsOn: 'host',
  ensures: 'the hypervisor has a guest of this definition; a running one is refused',
  acquires: 'guest',
  faults: [...guestFaults, 'DISK_NOT_FOUND'],
});

export const destroyGuest = unit<Record<string, never>, unknown>()('destroyGuest', {
  runsOn: 'host',
  ensures: 'the guest is off and no longer defined',
  acquires: null,
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
  faults: [...guestFaults, 'DISK_NOT_FOUND'],
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

/** Looks only. A guest that is not there has the power state NOSTATE. */
export const inspectGuest = unit<Record<string, never>, GuestReport>()('inspectGuest', {
  runsOn: 'host',
  ensures: 'nothing: it tells what the hypervisor has',
  acquires: null,
  faults: hostFaults,
});

/** The units of hosts, by name: what a driver's host worker offers. */
export const hostUnits = {
  createDisk,
  copyDisk,
  removeDisk,
  plugNetwork,
  unplugNetwork,
  defineGuest,
  destroyGuest,
  startGuest,
  shutDownGuest,
  powerOffGuest,
  softRebootGuest,
  hardRebootGuest,
  pauseGuest,
  unpauseGuest,
  suspendGuest,
  resumeGuest,
  inspectGuest,
} as const;

/** The units of the control plane, by name. */
export const controlUnits = { claimHost, releaseClaim } as const;

export const units = { ...hostUnits, ...controlUnits } as const;
export type HostUnitName = keyof typeof hostUnits;
