/** Guests that come, go and change their power state, one effect each. */
import { isDeepStrictEqual } from 'node:util';
import type { GuestDefinition, GuestReport } from '../../../src/operations/units/index.ts';
import { UnitFault } from '../../unit-fault.ts';
import type { Opened } from '../driver.ts';
import { notedRecordSchema } from '../noted-guest.schema.ts';
import { unchanged, type Behaviour, type Circumstances } from './behaviour.ts';
import { writtenDrive } from './config-drive.ts';
import { wholeDisk } from './disks.ts';
import type { Guest, InstanceState } from './state.ts';

type PowerState = Guest['powerState'];

/** What the hypervisor says of the guest. */
export const reportOf = ({ guest }: InstanceState): GuestReport => ({ powerState: guest?.powerState ?? 'NOSTATE' });

/** The guest. Raises GUEST_NOT_FOUND when there is none. */
export function guestOf({ guest }: InstanceState): Guest {
  if (guest === null) throw new UnitFault('GUEST_NOT_FOUND', 'there is no guest of this instance');
  return guest;
}

/** The guest is in a state that the unit cannot start from. */
export const conflict = ({ name, powerState }: Guest): UnitFault =>
  new UnitFault('GUEST_STATE_CONFLICT', `the guest ${name} is ${powerState}`, {
    remark: `It is ${powerState.toLowerCase()}.`,
  });

/** A guest that runs lets go of devices, or does not. Raises GUEST_UNRESPONSIVE. */
export function unplugged(
  guest: Guest,
  devices: readonly unknown[],
  { ignored }: Pick<Circumstances, 'ignored'>,
): void {
  if (!ignored || guest.powerState !== 'RUNNING' || devices.length === 0) return;
  throw new UnitFault('GUEST_UNRESPONSIVE', `the guest ${guest.name} keeps ${devices.length} devices`);
}

/** The state with the guest switched on. Raises DISK_NOT_FOUND when it has nothing to start from. */
export function booted(state: InstanceState, guest: Guest, key: string): InstanceState {
  wholeDisk(state, guest.disk);
  return { ...state, guest: { ...guest, powerState: 'RUNNING', bootCount: guest.bootCount + 1, bootedBy: key } };
}

/** Whether two lists say the same, in the same order. */
export const sameList = (one: readonly unknown[], other: readonly unknown[]): boolean => isDeepStrictEqual(one, other);

/** The guest of this definition, switched off; it has still been started as often as the one that it replaces. */
export const defined = (definition: Opened<GuestDefinition>, before: Guest | null, instanceId: string): Guest => ({
  ...keptOf(definition, instanceId),
  powerState: 'SHUTDOWN',
  bootCount: before?.bootCount ?? 0,
  bootedBy: before?.bootedBy ?? null,
  interrupts: before?.interrupts ?? [],
});

/** What is kept of a definition. */
const keptOf = (
  definition: Opened<GuestDefinition>,
  instanceId: string,
): Pick<Guest, 'name' | 'flavor' | 'disk' | 'otherDisks' | 'volumes' | 'interfaces' | 'configDrive' | 'record'> => {
  const { name, flavor, disk, otherDisks = [], volumes = [], interfaces = [], record } = definition;
  return {
    name,
    flavor,
    disk,
    otherDisks: [...otherDisks],
    volumes: [...volumes],
    interfaces: [...interfaces],
    ...writtenDrive(definition, instanceId),
    ...(record && { record: notedRecordSchema.parse(record) }),
  };
};

const sameDefinition = (guest: Guest, definition: Opened<GuestDefinition>, instanceId: string): boolean => {
  const { name, flavor, disk, otherDisks, volumes, interfaces, configDrive = null, record = null } = guest;
  const wanted = keptOf(definition, instanceId);
  return isDeepStrictEqual(
    { name, flavor, disk, otherDisks, volumes, interfaces, configDrive, record },
    { ...wanted, configDrive: wanted.configDrive ?? null, record: wanted.record ?? null },
  );
};

export const definition: Behaviour<Opened<GuestDefinition>, GuestReport> = {
  change(state, input, { instanceId }) {
    const { guest } = state;
    if (guest !== null && guest.powerState !== 'SHUTDOWN') throw conflict(guest);
    for (const disk of [input.disk, ...(input.otherDisks ?? [])]) wholeDisk(state, disk);
    if (guest !== null && sameDefinition(guest, input, instanceId)) return unchanged(state);
    const effect = guest === null ? 'guest defined' : 'guest redefined';
    return { effect, state: { ...state, guest: defined(input, guest, instanceId) } };
  },
  report: reportOf,
};

export const destruction: Behaviour<unknown, unknown> = {
  change: (state) =>
    state.guest === null ? unchanged(state) : { effect: 'guest destroyed', state: { ...state, guest: null } },
  report: () => ({}),
};

export const inspection: Behaviour<unknown, GuestReport> = { change: unchanged, report: reportOf };

export const start: Behaviour<unknown, GuestReport> = {
  change(state, _input, { key }) {
    const guest = guestOf(state);
    if (guest.powerState === 'RUNNING') return unchanged(state);
    if (guest.powerState !== 'SHUTDOWN') throw conflict(guest);
    return { effect: 'guest started', state: booted(state, guest, key) };
  },
  report: reportOf,
};

interface Transition {
  readonly from: readonly PowerState[];
  readonly to: PowerState;
  /** States besides `to` that are as good. */
  readonly already?: readonly PowerState[];
  readonly effect: string;
}

const transition = ({ from, to, already = [], effect }: Transition): Behaviour<unknown, GuestReport> => ({
  change(state) {
    const guest = guestOf(state);
    if (guest.powerState === to || already.includes(guest.powerState)) return unchanged(state);
    if (!from.includes(guest.powerState)) throw conflict(guest);
    return { effect, state: { ...state, guest: { ...guest, powerState: to } } };
  },
  report: reportOf,
});

/** A suspended guest is off, and its memory on disk is not given up for that. */
export const powerOff = transition({
  from: ['RUNNING', 'PAUSED', 'CRASHED'],
  to: 'SHUTDOWN',
  already: ['SUSPENDED'],
  effect: 'guest powered off',
});
export const pause = transition({ from: ['RUNNING'], to: 'PAUSED', effect: 'guest paused' });
export const unpause = transition({ from: ['PAUSED'], to: 'RUNNING', effect: 'guest unpaused' });
export const suspend = transition({ from: ['RUNNING'], to: 'SUSPENDED', effect: 'guest suspended' });
export const resume = transition({ from: ['SUSPENDED'], to: 'RUNNING', effect: 'guest resumed' });
