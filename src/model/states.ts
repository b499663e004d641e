/**
 * The states of an instance. All words are Nova's (nova/compute/vm_states.py, task_states.py, power_state.py);
 * only those that an operation of this project can reach are listed, so that a state without a way in cannot be written.
 */

/** The stable states: what the instance is when no task changes it. */
export const vmStates = [
  'building',
  'active',
  'stopped',
  'paused',
  'suspended',
  'resized',
  'rescued',
  'soft-delete',
  'shelved',
  'shelved_offloaded',
  'error',
  'deleted',
] as const;
export type VmState = (typeof vmStates)[number];

/** What an instance is while its create runs, and no longer. */
export const initialVmState = 'building' satisfies VmState;
/** What nothing follows. */
export const finalVmState = 'deleted' satisfies VmState;
/** All but that. */
export const livingVmStates: readonly VmState[] = vmStates.filter((state) => state !== finalVmState);

/** The transient states: what is being done to the instance. An idle instance has none (`null`). */
export const taskStates = [
  'scheduling',
  'networking',
  'block_device_mapping',
  'spawning',
  'rebooting',
  'rebooting_hard',
  'powering-off',
  'powering-on',
  'pausing',
  'unpausing',
  'suspending',
  'resuming',
  'resize_prep',
  'resize_migrating',
  'resize_migrated',
  'resize_finish',
  'resize_reverting',
  'migrating',
  'rescuing',
  'unrescuing',
  'rebuilding',
  'rebuild_block_device_mapping',
  'rebuild_spawning',
  'image_backup',
  'image_uploading',
  'shelving',
  'shelving_image_uploading',
  'shelving_offloading',
  'unshelving',
  'updating_password',
  'deleting',
  'soft-deleting',
  'restoring',
] as const;
export type TaskState = (typeof taskStates)[number];

/** What the hypervisor says of the guest, with the numbers that Nova's API shows for it. */
export const powerStates = {
  NOSTATE: 0,
  RUNNING: 1,
  PAUSED: 3,
  SHUTDOWN: 4,
  CRASHED: 6,
  SUSPENDED: 7,
} as const;
export type PowerState = keyof typeof powerStates;

/** True when there is such a power state. */
export const isPowerState = (word: unknown): word is PowerState =>
  typeof word === 'string' && Object.hasOwn(powerStates, word);
/** True when there is such a vm_state. */
export const isVmState = (word: unknown): word is VmState => vmStates.some((state) => state === word);

const vmStateOfPowerState = {
  NOSTATE: 'error',
  RUNNING: 'active',
  PAUSED: 'paused',
  SHUTDOWN: 'stopped',
  CRASHED: 'error',
  SUSPENDED: 'suspended',
} as const satisfies Record<PowerState, VmState>;

const anyPowerState: readonly PowerState[] = ['NOSTATE', 'RUNNING', 'PAUSED', 'SHUTDOWN', 'CRASHED', 'SUSPENDED'];

/** Where the vm_state says more than whether the guest runs, the guest alone cannot change it. */
const agreeingPowerStates: Record<VmState, readonly PowerState[]> = {
  building: [],
  active: ['RUNNING'],
  stopped: ['SHUTDOWN'],
  paused: ['PAUSED'],
  suspended: ['SUSPENDED'],
  resized: anyPowerState,
  rescued: anyPowerState,
  'soft-delete': anyPowerState,
  shelved: anyPowerState,
  shelved_offloaded: ['NOSTATE'],
  error: anyPowerState,
  deleted: ['NOSTATE'],
};

/**
 * The vm_state to record when the hypervisor reports `powerState`: the recorded one where the two agree,
 * otherwise the one that the hypervisor's word implies. The hypervisor is the authority on its guests.
 */
export function reconcileVmState(recorded: VmState, powerState: PowerState): VmState {
  return agreeingPowerStates[recorded].includes(powerState) ? recorded : vmStateOfPowerState[powerState];
}

/** Whether a record says something else than the hypervisor does of a guest that no task is about to change. */
export const disagrees = (
  { vmState, powerState }: { readonly vmState: VmState; readonly powerState: PowerState },
  reported: PowerState,
): boolean =>
  vmState !== initialVmState &&
  vmState !== finalVmState &&
  (reported !== powerState || reconcileVmState(vmState, reported) !== vmState);
