/**
 * The yardstick: the same units on the same queues with the same deadlines, and nothing around them. No engine, no
 * entity, no record, no undo: what plain Temporal costs for the work alone.
 */
import { ActivityCancellationType, scheduleActivity } from '@temporalio/workflow';
import type { DurationText } from '../src/model/deadline.ts';
import { claimId, hostTaskQueue } from '../src/model/task.ts';
import type { InputOf, OutputOf, Unit, UnitCall } from '../src/model/unit.ts';
import * as units from '../src/operations/units/index.ts';
import { deadlinesOf } from '../workflows/engine/deadlines.ts';
import type { BareInstance, BareOperation } from './bare-instance.ts';

/** Runs units one after the other, each as an activity. */
class Units {
  readonly #operation: BareOperation;
  #sequence = 0;

  constructor(operation: BareOperation) {
    this.#operation = operation;
  }

  run<Input, Output>(
    step: string,
    unit: Unit<string, Input, Output>,
    deadline: DurationText,
    input: NoInfer<Input>,
    host?: string,
  ): Promise<Output> {
    const { taskId, instance, generation } = this.#operation;
    this.#sequence += 1;
    const call: UnitCall<Input> = {
      purpose: {
        taskId,
        operation: 'bare',
        step,
        direction: 'run',
        instanceId: instance.id,
        generation,
        sequence: this.#sequence,
      },
      input,
    };
    return scheduleActivity<Output>(unit.name, [call], {
      activityId: step,
      ...deadlinesOf({ deadline, unit }, 1),
      ...(host !== undefined && { taskQueue: hostTaskQueue(host) }),
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    });
  }
}

/** The units of create. */
export async function bareCreate(operation: BareOperation): Promise<BareInstance> {
  const { instance, taskId } = operation;
  const { flavor } = instance;
  const unit = new Units(operation);
  const disk = `${taskId}-disk`;
  const claim = claimId(taskId, 'claim');
  const { host } = await unit.run('claim', units.claimHost, '1m', { claim, flavor });
  await unit.run('network', units.plugNetwork, '2m', {}, host);
  await unit.run('disk', units.createDisk, '30m', { disk, image: 'cirros', sizeGb: flavor.diskGb }, host);
  await unit.run('define', units.defineGuest, '2m', { name: 'bare', flavor, disk }, host);
  await unit.run('boot', units.startGuest, '5m', {}, host);
  return { ...instance, residence: { host, claim, disk } };
}

/** The unit of a hard reboot. */
export async function bareReboot(operation: BareOperation): Promise<OutputOf<typeof units.hardRebootGuest>> {
  const { flavor, residence } = operation.instance;
  const definition: InputOf<typeof units.hardRebootGuest> = { name: 'bare', flavor, disk: residence.disk };
  return new Units(operation).run('hardReboot', units.hardRebootGuest, '5m', definition, residence.host);
}

/** The units of a resize to another host. */
export async function bareResize(operation: BareOperation): Promise<BareInstance> {
  const { instance, taskId } = operation;
  const { flavor, residence: from } = instance;
  const unit = new Units(operation);
  const disk = `${taskId}-disk`;
  const claim = claimId(taskId, 'claim');
  const { host } = await unit.run('claim', units.claimHost, '1m', { claim, flavor, avoid: from.host });
  await unit.run('shutDown', units.shutDownGuest, '5m', { timeoutSeconds: 60 }, from.host);
  const copy = { disk: from.disk, toHost: host, toDisk: disk, sizeGb: flavor.diskGb };
  await unit.run('copyDisk', units.copyDisk, '2h', copy, from.host);
  await unit.run('plug', units.plugNetwork, '2m', {}, host);
  await unit.run('define', units.defineGuest, '2m', { name: 'bare', flavor, disk }, host);
  await unit.run('boot', units.startGuest, '5m', {}, host);
  await unit.run('leave', units.unplugNetwork, '2m', {}, from.host);
  return { ...instance, residence: { host, claim, disk } };
}

/** The units of confirmResize: `instance` is as it was before the resize. */
export async function bareConfirm(operation: BareOperation): Promise<void> {
  const { residence: old } = operation.instance;
  const unit = new Units(operation);
  await unit.run('destroyOld', units.destroyGuest, '5m', {}, old.host);
  await unit.run('removeOldDisk', units.removeDisk, '10m', { disk: old.disk }, old.host);
  await unit.run('releaseOld', units.releaseClaim, '1m', { claim: old.claim, host: old.host });
}
