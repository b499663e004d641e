import type { Attachments, NetworkInterface } from '../../model/attachments.ts';
import { unit } from '../../model/unit.ts';
import { guestFaults, hostFaults } from './faults.ts';

/** The first port has no name, and is always meant; `interfaces` are those beside it. */
export const plugNetwork = unit<Pick<Attachments, 'interfaces'>, unknown>()('plugNetwork', {
  runsOn: 'host',
  ensures: 'the ports of the instance are bound to the host, and no others for it',
  acquires: 'port',
  faults: hostFaults,
});

export const unplugNetwork = unit<Record<string, never>, unknown>()('unplugNetwork', {
  runsOn: 'host',
  ensures: 'the host has no port of the instance',
  acquires: null,
  releases: 'port',
  faults: hostFaults,
});

/** Whether the guest runs or not; one that runs may refuse to let go of an interface. */
export const plugInterfaces = unit<{ readonly interfaces: readonly NetworkInterface[] }, unknown>()('plugInterfaces', {
  runsOn: 'host',
  ensures: 'the guest has these interfaces beside its first, and no others',
  acquires: 'port',
  faults: [...guestFaults, 'GUEST_UNRESPONSIVE'],
});
