/** What a running guest is told beside its power. */
import { createHash } from 'node:crypto';
import type { GuestReport } from '../../../src/operations/units/index.ts';
import { UnitFault } from '../../unit-fault.ts';
import { unchanged, type Behaviour } from './behaviour.ts';
import { wholeDisk } from './disks.ts';
import { conflict, guestOf, reportOf } from './guests.ts';

/** What stands for a password: it tells whether that is another one, and not what it is. */
export const passwordDigest = (password: string): string => createHash('sha256').update(password).digest('hex');

export const passwordChange: Behaviour<{ readonly adminPassword: string }, unknown> = {
  change(state, { adminPassword }, { ignored }) {
    const guest = guestOf(state);
    if (guest.powerState !== 'RUNNING') throw conflict(guest);
    if (ignored) throw new UnitFault('GUEST_UNRESPONSIVE', `the guest ${guest.name} has no agent that answers`);
    const disk = wholeDisk(state, guest.disk);
    const digest = passwordDigest(adminPassword);
    if (disk.passwordDigest === digest) return unchanged(state);
    const disks = { ...state.disks, [guest.disk]: { ...disk, passwordDigest: digest } };
    return { effect: 'password set', state: { ...state, disks } };
  },
  report: () => ({}),
};

export const interruption: Behaviour<unknown, GuestReport> = {
  change(state, _input, { key }) {
    const guest = guestOf(state);
    if (guest.powerState !== 'RUNNING' && guest.powerState !== 'PAUSED') throw conflict(guest);
    if (guest.interrupts.includes(key)) return unchanged(state);
    const interrupts = [...guest.interrupts, key];
    return { effect: 'guest interrupted', state: { ...state, guest: { ...guest, interrupts } } };
  },
  report: reportOf,
};
