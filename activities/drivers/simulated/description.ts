import type { DescribedGuest } from '../../../src/model/noted-guest.ts';
import { UnitFault } from '../../unit-fault.ts';
import type { Hypervisor } from './perform.ts';

/** A guest with what is noted of its instance. Raises GUEST_NOT_FOUND, also for one that has not arrived yet. */
export async function describeGuest(hypervisor: Hypervisor, instanceId: string): Promise<DescribedGuest> {
  const { state, fence } = (await hypervisor.journal(instanceId).newest())?.entry ?? {};
  const guest = state?.guest ?? null;
  if (guest === null || guest.incoming || fence === undefined) {
    throw new UnitFault('GUEST_NOT_FOUND', `${hypervisor.host} has no guest ${instanceId}`);
  }
  const { powerState, disk, otherDisks, volumes, interfaces, name, flavor, configDrive, record } = guest;
  return {
    powerState,
    fence,
    disk,
    otherDisks,
    ...(volumes.length > 0 && { volumes }),
    ...(interfaces.length > 0 && { interfaces }),
    noted: record === undefined ? null : { name, flavor, hasConfigDrive: configDrive !== undefined, record },
  };
}
