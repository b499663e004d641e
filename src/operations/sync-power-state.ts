import { operation } from '../model/operation.ts';
import { initialVmState, livingVmStates, reconcileVmState, type VmState } from '../model/states.ts';
import type { NoInput } from './no-input.schema.ts';
import { inspectGuest } from './units/index.ts';
import { hostOf, needsHost } from './where.ts';

const restingVmStates: readonly VmState[] = livingVmStates.filter((state) => state !== initialVmState);

/**
 * The hypervisor is right: where Nova switches a guest off by force that runs although its instance is stopped, the
 * instance is active here.
 */
export const syncPowerState = operation<NoInput>()({
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
  .commits(restingVmStates, ({ instance, inspect: { powerState } }) => ({
    vmState: reconcileVmState(instance.vmState, powerState),
    powerState,
  }));
