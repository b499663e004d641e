/** Steps of a live migration: a disk is prepared where the guest goes to, and the guest goes there. */
import { newHome, type Claimed } from './arrival-steps.ts';
import type { Place, Shown } from './power-steps.ts';
import {
  abortLiveMigration,
  discardArrival,
  forceCompleteLiveMigration,
  liveMigrateGuest,
  prepareDisk,
  type GuestReport,
  type MigrationReport,
} from './units/index.ts';
import { hostOf, residenceOf, type OfInstance } from './where.ts';

const nothing = () => ({});

/** Makes room for a disk that the migration fills. */
export const prepareDiskOn = <Context>(shown: Shown, on: Place<Context>, name: (context: Context) => string) =>
  ({
    ...shown,
    deadline: '10m',
    unit: prepareDisk,
    on,
    with: (context: Context & OfInstance) => {
      const { image, flavor } = context.instance;
      return { disk: name(context), image, sizeGb: flavor.diskGb };
    },
    undo: { unit: discardArrival, on, with: (context: Context) => ({ disk: name(context) }) },
  }) as const;

/** Has the guest go to the claimed host while it runs, onto the disk of that name. Name the step `migrate`. */
export const migrateTo = <Context extends Claimed>(shown: Shown, toDisk: (context: Context) => string) => {
  const migration = (context: Context & OfInstance) => ({
    disk: residenceOf(context.instance).disk,
    toHost: context.claim.host,
    toDisk: toDisk(context),
  });
  return {
    ...shown,
    deadline: '2h',
    unit: liveMigrateGuest,
    on: hostOf,
    with: migration,
    undo: {
      unit: abortLiveMigration,
      on: hostOf,
      with: migration,
      tooLate: ({ arrived, powerState }: MigrationReport): GuestReport | null => (arrived ? { powerState } : null),
    },
    forceComplete: {
      event: 'compute_live_migration_force_complete',
      deadline: '1m',
      unit: forceCompleteLiveMigration,
      on: hostOf,
      with: nothing,
    },
    irreversible: 'the guest has gone to its destination and no longer exists where it was',
    changes: (context: Context) => ({ residence: newHome(context) }),
  } as const;
};
