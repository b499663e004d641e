/**
 * What a live migration makes of the two hosts. The destination decides: the guest is stopped at the source, then it
 * arrives, in one effect, or is turned away, in another. Only then it is gone from the source, or goes on there.
 */
import type { InputOf } from '../../../src/model/unit.ts';
import type { discardArrival, GuestMigration } from '../../../src/operations/units/index.ts';
import { UnitFault } from '../../unit-fault.ts';
import { unchanged, type Behaviour } from './behaviour.ts';
import { diskRemoval, wholeDisk } from './disks.ts';
import type { Change } from './fencing.ts';
import { conflict, guestOf } from './guests.ts';
import type { Guest, InstanceState } from './state.ts';

/** The guest that is to leave. Raises what keeps it from leaving. */
export function leavable(state: InstanceState, { disk }: GuestMigration): Guest {
  const guest = guestOf(state);
  if (guest.powerState !== 'RUNNING' && guest.powerState !== 'PAUSED') throw conflict(guest);
  wholeDisk(state, disk);
  return guest;
}

/** At the destination: a guest without a life of its own yet. */
export function expect(state: InstanceState, source: InstanceState, migration: GuestMigration): Change {
  const { toDisk } = migration;
  const { departing: _departing, ...guest } = leavable(source, migration);
  if (state.guest !== null) throw conflict(state.guest);
  if (state.disks[toDisk] === undefined) throw new UnitFault('DISK_NOT_FOUND', `no disk ${toDisk} has been prepared`);
  const incoming = { ...guest, disk: toDisk, powerState: 'PAUSED', incoming: true } as const;
  return { effect: 'guest expected', state: { ...state, guest: incoming } };
}

/** At the source: from here on it runs only where it arrives. */
export function hold(state: InstanceState): Change {
  const { guest } = state;
  if (guest?.departing !== undefined) return unchanged(state);
  if (guest?.powerState !== 'RUNNING' && guest?.powerState !== 'PAUSED') {
    throw new UnitFault('HYPERVISOR_ERROR', 'the guest stopped while it was being migrated');
  }
  const held = { ...guest, powerState: 'PAUSED', departing: guest.powerState } as const;
  return { effect: 'guest held', state: { ...state, guest: held } };
}

/** At the destination: the switch. */
export function arrive(state: InstanceState, source: InstanceState, { disk, toDisk }: GuestMigration): Change {
  const copied = source.disks[disk];
  if (!state.guest?.incoming || source.guest?.departing === undefined || !copied?.whole) {
    throw new UnitFault('HYPERVISOR_ERROR', 'the migration was given up at the other end');
  }
  const { departing, ...guest } = source.guest;
  const disks = { ...state.disks, [toDisk]: copied };
  return {
    effect: 'guest arrived',
    state: { ...state, disks, guest: { ...guest, powerState: departing, disk: toDisk } },
  };
}

/** At the source, after the switch. */
export const leave = (state: InstanceState): Change =>
  state.guest === null ? unchanged(state) : { effect: 'guest gone', state: { ...state, guest: null } };

/** At the destination: whoever has not arrived yet never will. */
export const turnAway = (state: InstanceState): Change =>
  state.guest?.incoming ? { effect: 'guest turned away', state: { ...state, guest: null } } : unchanged(state);

/** Whether the guest lives at the destination. */
export const hasArrived = ({ guest }: InstanceState): boolean =>
  guest !== null && guest.incoming === undefined && guest.departing === undefined;

/** At the source, once it cannot arrive any more. */
export function goOn(state: InstanceState): Change {
  if (state.guest?.departing === undefined) return unchanged(state);
  const { departing, ...guest } = state.guest;
  // The host may have lost its power since.
  const powerState = guest.powerState === 'PAUSED' ? departing : guest.powerState;
  return { effect: 'guest goes on', state: { ...state, guest: { ...guest, powerState } } };
}

/** At the destination, once all is taken back: a guest that came is gone before its disk is. */
export const disposal: Behaviour<InputOf<typeof discardArrival>, unknown> = {
  change(state, input, circumstances) {
    const { guest } = state;
    const removal = diskRemoval.change({ ...state, guest: null }, input, circumstances);
    return guest === null ? removal : { ...removal, effect: 'arrival discarded' };
  },
  report: () => ({}),
};
