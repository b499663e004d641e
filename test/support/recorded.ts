import type { InstanceRecord, Residence } from '../../src/model/instance.ts';
import type { Belongings } from './hypervisors.ts';

/** What the hosts have by the record. */
export function recorded(record: InstanceRecord): Record<string, Belongings> {
  const { residence, pendingResize, flavor, powerState, vmState } = record;
  if (residence === null) return {};
  // A rescue may have left its disk beside that which the instance runs from again.
  const isRescued = ['rescued', 'error'].includes(record.softDeletion?.vmState ?? vmState);
  const disk = (isRescued ? residence.rescueDisk : undefined) ?? residence.disk;
  const volumes = (record.volumes ?? []).map(({ volume, device }) => `${volume} as ${device}`);
  const interfaces = (record.interfaces ?? []).map(({ port }) => port);
  const home: Belongings = {
    guest: powerState === 'NOSTATE' ? null : { powerState, flavor: flavor.name, disk, volumes, interfaces },
    disks: [residence.disk, ...(residence.rescueDisk === undefined ? [] : [residence.rescueDisk])].sort(),
    port: true,
    furtherPorts: interfaces,
    claims: [residence.claim],
  };
  if (pendingResize === null) return { [residence.host]: home };
  const { from } = pendingResize;
  if (from.host === residence.host) return { [residence.host]: withOther(home, from) };
  const left: Belongings = {
    guest: { powerState: 'SHUTDOWN', flavor: pendingResize.flavor.name, disk: from.disk, volumes: [], interfaces },
    disks: [from.disk],
    port: false,
    furtherPorts: [],
    claims: [from.claim],
  };
  return { [residence.host]: home, [from.host]: left };
}

/** A resize in place keeps the old disk and claim until it is decided on. */
const withOther = (home: Belongings, { disk, claim }: Residence): Belongings => ({
  ...home,
  disks: [...home.disks, disk].sort(),
  claims: [...home.claims, claim].sort(),
});

/** Ids of the volumes that are reserved for it by the record, sorted. */
export const recordedVolumes = ({ volumes = [] }: InstanceRecord): string[] =>
  volumes.map(({ volume }) => volume).sort();
