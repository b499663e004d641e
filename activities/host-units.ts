/** The units of one host as Temporal activities. */
import { activityInfo, ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { fault } from '../src/model/fault.ts';
import type { InputOf, OutputOf, UnitCall, UnitPurpose } from '../src/model/unit.ts';
import type { hostUnits, HostUnitName } from '../src/operations/units.ts';
import type { Driver, UnitContext } from './drivers/driver.ts';
import { UnitFault } from './unit-fault.ts';

/** An activity for each unit of hosts, of the same name. */
export type HostActivities = {
  readonly [Name in HostUnitName]: (
    call: UnitCall<InputOf<(typeof hostUnits)[Name]>>,
  ) => Promise<OutputOf<(typeof hostUnits)[Name]>>;
};

/** What the workers of a host register: the driver's methods, with what Temporal knows of each delivery. */
export function hostActivities(driver: Driver, host: string): HostActivities {
  const activity =
    <Input, Output>(method: (input: Input, context: UnitContext) => Promise<Output>) =>
    async ({ purpose, input }: UnitCall<Input>): Promise<Output> => {
      const context = Context.current();
      const { generation, sequence } = purpose;
      try {
        return await method.call(driver, input, {
          purpose,
          fence: { generation, sequence, attempt: activityInfo().attempt },
          signal: context.cancellationSignal,
          progress: (share) => context.heartbeat({ share }),
        });
      } catch (error) {
        throw isCancellation(error, context.cancellationSignal) ? error : failureOf(error, purpose, host);
      }
    };
  return {
    createDisk: activity(driver.createDisk),
    copyDisk: activity(driver.copyDisk),
    removeDisk: activity(driver.removeDisk),
    plugNetwork: activity(driver.plugNetwork),
    unplugNetwork: activity(driver.unplugNetwork),
    defineGuest: activity(driver.defineGuest),
    destroyGuest: activity(driver.destroyGuest),
    startGuest: activity(driver.startGuest),
    shutDownGuest: activity(driver.shutDownGuest),
    powerOffGuest: activity(driver.powerOffGuest),
    softRebootGuest: activity(driver.softRebootGuest),
    hardRebootGuest: activity(driver.hardRebootGuest),
    pauseGuest: activity(driver.pauseGuest),
    unpauseGuest: activity(driver.unpauseGuest),
    suspendGuest: activity(driver.suspendGuest),
    resumeGuest: activity(driver.resumeGuest),
    inspectGuest: activity(driver.inspectGuest),
  };
}

/** Temporal takes these two, and no other error, for the end of a cancelled activity. */
const isCancellation = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted && error instanceof Error && (error instanceof CancelledFailure || error.name === 'AbortError');

/** The failure that Temporal records: typed, with the fault for the task and the original as its cause. */
function failureOf(error: unknown, { step }: UnitPurpose, host: string): ApplicationFailure {
  const original = error instanceof Error ? error : new Error(String(error));
  const code = original instanceof UnitFault ? original.code : 'INTERNAL_ERROR';
  const remark = original instanceof UnitFault ? original.remark : undefined;
  const found = fault(code, { step, host, detail: original.message, ...(remark === undefined ? {} : { remark }) });
  return ApplicationFailure.create({
    type: code,
    message: original.message,
    nonRetryable: !found.retryable,
    details: [found],
    cause: original,
  });
}
