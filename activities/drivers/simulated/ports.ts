/** Ports that are bound to a host, and the interfaces that the guest has there. */
import type { plugInterfaces, plugNetwork } from '../../../src/operations/units/index.ts';
import type { InputOf } from '../../../src/model/unit.ts';
import { unchanged, type Behaviour } from './behaviour.ts';
import { guestOf, sameList, unplugged } from './guests.ts';

export const plugging: Behaviour<InputOf<typeof plugNetwork>, unknown> = {
  change: (state, { interfaces = [] }) =>
    state.port && sameList(state.interfaces, interfaces)
      ? unchanged(state)
      : { effect: 'port bound', state: { ...state, port: true, interfaces: [...interfaces] } },
  report: () => ({}),
};

export const unplugging: Behaviour<unknown, unknown> = {
  change: (state) =>
    state.port || state.interfaces.length > 0
      ? { effect: 'port unbound', state: { ...state, port: false, interfaces: [] } }
      : unchanged(state),
  report: () => ({}),
};

export const interfacePlugging: Behaviour<InputOf<typeof plugInterfaces>, unknown> = {
  change(state, { interfaces }, circumstances) {
    const guest = guestOf(state);
    if (sameList(guest.interfaces, interfaces)) return unchanged(state);
    const ports = interfaces.map(({ port }) => port);
    const removed = guest.interfaces.filter(({ port }) => !ports.includes(port));
    unplugged(guest, removed, circumstances);
    return { effect: 'interfaces plugged', state: { ...state, guest: { ...guest, interfaces: [...interfaces] } } };
  },
  report: () => ({}),
};
