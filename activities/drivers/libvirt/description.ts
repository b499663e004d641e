import type { DescribedGuest } from '../../../src/model/noted-guest.ts';
import { compareFences } from '../../../src/model/unit.ts';
import { UnitFault } from '../../unit-fault.ts';
import { deviceAlias } from './domain.ts';
import { fenceOf, newestFence } from './fencing.ts';
import type { LibvirtHost } from './libvirt-host.ts';

/** A guest with what is noted of its instance. Its devices say themselves which disks and volumes it has by now. */
export async function describeGuest(host: LibvirtHost, instanceId: string): Promise<DescribedGuest> {
  const missing = () => new UnitFault('GUEST_NOT_FOUND', `${host.name} has no guest of this instance`);
  const seen = await host.look(instanceId);
  if (seen === null) throw missing();
  const { noted, guest, ownDisks, volumes, aliases } = await host.definition(instanceId, 'kept');
  const [disk, ...otherDisks] = ownDisks;
  if (noted?.instanceId !== instanceId || disk === undefined) throw missing();
  const fences = [fenceOf(noted.fence), await newestFence(host.folder(instanceId))];
  const [fence = fenceOf('')] = fences.sort((one, other) => compareFences(other, one));
  const interfaces = noted.interfaces.filter(({ port }) => aliases.interface.includes(deviceAlias(port)));
  return {
    powerState: seen.powerState,
    fence,
    disk,
    otherDisks,
    ...(volumes.length > 0 && { volumes }),
    ...(interfaces.length > 0 && { interfaces }),
    noted: guest,
  };
}
