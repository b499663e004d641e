import { operation } from '../model/operation.ts';
import type { InstanceRecord } from '../model/instance.ts';
import { initialVmState, livingVmStates, reconcileVmState, type PowerState, type VmState } from '../model/states.ts';
import { followUp } from './follow-up.ts';
import { reboot } from './reboot.ts';
import { start } from './start.ts';
import type { SyncPowerStateInput } from './sync-power-state.schema.ts';
import { inspectGuest } from './units/index.ts';
import { hostOf, needsHost } from './where.ts';

const restingVmStates: readonly VmState[] = livingVmStates.filter((state) => state !== initialVmState);

/** So that a guest that cannot stay up does not keep its host busy. */
const pauseSeconds = 5;

/** What the platform asks for next of a guest that ran and has stopped: a task like any other. */
function startedAgain({ vmState }: InstanceRecord, powerState: PowerState) {
  if (vmState !== 'active') return {};
  const delay = { afterSeconds: pauseSeconds, of: 'its guest has stopped by itself' };
  if (powerState === 'SHUTDOWN') return { followUp: followUp(start, {}, delay) };
  if (powerState !== 'CRASHED') return {};
  return { followUp: followUp(reboot, { type: 'HARD', softTimeoutSeconds: 60 }, delay) };
}

/**
 * The hypervisor is right: where Nova switches a guest off by force that runs although its instance is stopped, the
 * instance is active here.
 */
export const syncPowerState = operation<SyncPowerStateInput>()({
  name: 'syncPowerState',
  kind: 'observation',
  purpose:
    'Has the record say what the hypervisor says of the guest; asked for by the platform when a guest stops, crashes or starts by itself.',
  allowedFrom: restingVmStates,
  evenWhenLocked: true,
  refusal: needsHost,
})
  .step('inspect', {
    taskState: null,
    event: 'compute_sync_power_state',
    deadline: '1m',
    unit: inspectGuest,
    on: hostOf,
    with: () => ({}),
  })
  .commits(restingVmStates, ({ input, instance, inspect: { powerState } }) => ({
    vmState: reconcileVmState(instance.vmState, powerState),
    powerState,
    ...(input.startAgain === true && startedAgain(instance, powerState)),
  }));
