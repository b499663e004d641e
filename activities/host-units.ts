/** The units of one host as Temporal activities. */
import { CancelledFailure } from '@temporalio/activity';
import type { InputOf, OutputOf, UnitCall } from '../src/model/unit.ts';
import type { hostUnits, HostUnitName } from '../src/operations/units/index.ts';
import type { SecretKeys } from '../src/secrets/secret-keys.ts';
import type { Driver, UnitContext } from './drivers/driver.ts';
import { withOpened } from './opened-definition.ts';
import { keepingSecret, openSecret } from './opened-secrets.ts';
import { unitContext } from './unit-context.ts';
import { toApplicationFailure } from './unit-failure.ts';

/** An activity for each unit of hosts, of the same name. */
export type HostActivities = {
  readonly [Name in HostUnitName]: (
    call: UnitCall<InputOf<(typeof hostUnits)[Name]>>,
  ) => Promise<OutputOf<(typeof hostUnits)[Name]>>;
};

/**
 * What the workers of a host register: the driver's methods, with what Temporal knows of each delivery. A unit that is
 * given a secret gets it opened by `keys`.
 */
export function hostActivities(driver: Driver, host: string, keys: SecretKeys): HostActivities {
  const activity =
    <Input, Output>(method: (input: Input, context: UnitContext) => Promise<Output>) =>
    async ({ purpose, input }: UnitCall<Input>): Promise<Output> => {
      const context = unitContext(purpose);
      try {
        return await method.call(driver, input, context);
      } catch (error) {
        throw isCancellation(error, context.signal) ? error : toApplicationFailure(error, { step: purpose.step, host });
      }
    };
  return {
    createDisk: activity(async ({ adminPassword: sealed, ...disk }, context) => {
      if (sealed === undefined) return driver.createDisk(disk, context);
      const adminPassword = openSecret(sealed, context.purpose.instanceId, keys);
      return keepingSecret(adminPassword, () => driver.createDisk({ ...disk, adminPassword }, context));
    }),
    copyDisk: activity(driver.copyDisk),
    removeDisk: activity(driver.removeDisk),
    uploadImage: activity(driver.uploadImage),
    removeImages: activity(driver.removeImages),
    reserveVolume: activity(driver.reserveVolume),
    releaseVolumes: activity(driver.releaseVolumes),
    plugVolumes: activity(driver.plugVolumes),
    copyVolume: activity(driver.copyVolume),
    wipeVolume: activity(driver.wipeVolume),
    prepareDisk: activity(driver.prepareDisk),
    discardArrival: activity(driver.discardArrival),
    plugNetwork: activity(driver.plugNetwork),
    unplugNetwork: activity(driver.unplugNetwork),
    plugInterfaces: activity(driver.plugInterfaces),
    defineGuest: activity((input, context) =>
      withOpened(input, context, keys, (opened) => driver.defineGuest(opened, context)),
    ),
    destroyGuest: activity(driver.destroyGuest),
    startGuest: activity(driver.startGuest),
    shutDownGuest: activity(driver.shutDownGuest),
    powerOffGuest: activity(driver.powerOffGuest),
    softRebootGuest: activity(driver.softRebootGuest),
    hardRebootGuest: activity((input, context) =>
      withOpened(input, context, keys, (opened) => driver.hardRebootGuest(opened, context)),
    ),
    pauseGuest: activity(driver.pauseGuest),
    unpauseGuest: activity(driver.unpauseGuest),
    suspendGuest: activity(driver.suspendGuest),
    resumeGuest: activity(driver.resumeGuest),
    setAdminPassword: activity(async ({ adminPassword: sealed }, context) => {
      const adminPassword = openSecret(sealed, context.purpose.instanceId, keys);
      return keepingSecret(adminPassword, () => driver.setAdminPassword({ adminPassword }, context));
    }),
    injectNmi: activity(driver.injectNmi),
    inspectGuest: activity(driver.inspectGuest),
    liveMigrateGuest: activity(driver.liveMigrateGuest),
    abortLiveMigration: activity(driver.abortLiveMigration),
    forceCompleteLiveMigration: activity(driver.forceCompleteLiveMigration),
  };
}

/** Temporal takes these two, and no other error, for the end of a cancelled activity. */
const isCancellation = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted && error instanceof Error && (error instanceof CancelledFailure || error.name === 'AbortError');
