/** What is asked of a guest that may not react, and the reboot that does not ask. */
import type { GuestDefinition, GuestReport } from '../../../src/operations/units/index.ts';
import type { Opened } from '../driver.ts';
import { unchanged, type Behaviour } from './behaviour.ts';
import { booted, conflict, defined, guestOf, reportOf } from './guests.ts';
import type { InstanceState } from './state.ts';

interface Patient {
  readonly timeoutSeconds: number;
}

/** Whether the guest runs since the unit of this key has started it. */
const bootedBy = ({ guest }: InstanceState, key: string): boolean =>
  guest !== null && guest.powerState === 'RUNNING' && guest.bootedBy === key;

export const shutDown: Behaviour<Patient, GuestReport & { readonly off: boolean }> = {
  change(state, _input, { ignored }) {
    const guest = guestOf(state);
    if (guest.powerState === 'SHUTDOWN') return unchanged(state);
    // One that has crashed hears nothing.
    if (guest.powerState === 'CRASHED') return unchanged(state);
    if (guest.powerState !== 'RUNNING') throw conflict(guest);
    if (ignored) return unchanged(state);
    return { effect: 'guest shut down', state: { ...state, guest: { ...guest, powerState: 'SHUTDOWN' } } };
  },
  report: (state) => ({ ...reportOf(state), off: state.guest?.powerState === 'SHUTDOWN' }),
  patience: ({ timeoutSeconds }) => timeoutSeconds * 1000,
};

/** As Nova does it, a guest that is off already is started. */
export const softReboot: Behaviour<Patient, GuestReport & { readonly rebooted: boolean }> = {
  change(state, _input, { key, ignored }) {
    const guest = guestOf(state);
    if (guest.powerState !== 'RUNNING' && guest.powerState !== 'SHUTDOWN') throw conflict(guest);
    if (bootedBy(state, key) || (ignored && guest.powerState === 'RUNNING')) return unchanged(state);
    return { effect: 'guest rebooted by itself', state: booted(state, guest, key) };
  },
  report: (state, key) => ({ ...reportOf(state), rebooted: bootedBy(state, key) }),
  patience: ({ timeoutSeconds }) => timeoutSeconds * 1000,
};

/** Starts from any power state, and as Nova does it, from no guest at all: the record says what to make. */
export const hardReboot: Behaviour<Opened<GuestDefinition>, GuestReport> = {
  change: (state, input, { key, instanceId }) =>
    bootedBy(state, key)
      ? unchanged(state)
      : { effect: 'guest reset', state: booted(state, defined(input, state.guest, instanceId), key) },
  report: reportOf,
};
