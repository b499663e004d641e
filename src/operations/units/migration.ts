/** Live migration: a guest goes from one hypervisor to another while it runs. All of it is driven from where it comes from. */
import { unit } from '../../model/unit.ts';
import { guestFaults, hostFaults } from './faults.ts';
import type { GuestReport } from './guest.ts';

/** From where to where a guest goes. */
export interface GuestMigration {
  /** The disk that it has. */
  readonly disk: string;
  readonly toHost: string;
  /** The disk that has been prepared for it there. */
  readonly toDisk: string;
}

/** Whether a guest that was to migrate has left, and what its hypervisor says of it. */
export interface MigrationReport extends GuestReport {
  /** It is at the destination and nowhere else. */
  readonly arrived: boolean;
}

export const prepareDisk = unit<{ readonly disk: string; readonly image: string; readonly sizeGb: number }, unknown>()(
  'prepareDisk',
  {
    runsOn: 'host',
    ensures: 'there is room for a disk that a live migration fills',
    acquires: 'disk',
    faults: hostFaults,
  },
);

/** Also where nobody could ask whether the guest has arrived: whoever takes all back nevertheless must not leave it there. */
export const discardArrival = unit<{ readonly disk: string }, unknown>()('discardArrival', {
  runsOn: 'host',
  ensures: 'the host has neither the disk that was prepared for a live migration nor a guest that came by it',
  acquires: null,
  releases: 'disk',
  faults: hostFaults,
});

/**
 * A hypervisor switches by itself, as soon as little enough is left to be copied: that is why copying and switching are one
 * unit. Until the switch it can be cancelled; the answer may be lost after it.
 */
export const liveMigrateGuest = unit<GuestMigration, GuestReport>()('liveMigrateGuest', {
  optional: true,
  runsOn: 'host',
  ensures: 'the guest, with its memory and disk, is at the destination and only there, and was never on both',
  acquires: 'guest',
  faults: [...guestFaults, 'DISK_NOT_FOUND'],
});

/** Decides once and for all: after it nothing that the migration left under way can make the guest leave any more. */
export const abortLiveMigration = unit<GuestMigration, MigrationReport>()('abortLiveMigration', {
  runsOn: 'host',
  ensures: 'the guest goes on where it was, or has arrived at the destination; says which',
  acquires: null,
  faults: hostFaults,
});

/** Runs beside the migration of the same task and must not shut it out: it leaves a mark that the migration heeds. */
export const forceCompleteLiveMigration = unit<Record<string, never>, unknown>()('forceCompleteLiveMigration', {
  runsOn: 'host',
  ensures: 'the migration under way stops the guest for the rest of the copying, so that it ends',
  acquires: null,
  faults: hostFaults,
});
