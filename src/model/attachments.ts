/** What can be attached to an instance and detached again: volumes and network interfaces. */

/** A volume that the instance has, and under which name its guest sees it. */
export interface VolumeAttachment {
  /** Id of the volume. */
  readonly volume: string;
  /** `/dev/vdb`. */
  readonly device: string;
}

/** A port that the instance has beside its first one. */
export interface NetworkInterface {
  /** Id of the port. */
  readonly port: string;
  readonly network: string;
  readonly mac: string;
  /** Absent where the network chooses it. */
  readonly fixedIp?: string;
}

/** What is attached to an instance. Both are absent in records of earlier versions, and where there never was one. */
export interface Attachments {
  readonly volumes?: readonly VolumeAttachment[];
  readonly interfaces?: readonly NetworkInterface[];
}

/** The first is the disk of the instance itself. */
const devices = Array.from('bcdefghijklmnopqrstuvwxyz', (letter) => `/dev/vd${letter}`);

/** The next device that no volume has; null when all are taken. As Nova names them. */
export function nextDevice({ volumes = [] }: Attachments): string | null {
  const taken = new Set(volumes.map(({ device }) => device));
  return devices.find((device) => !taken.has(device)) ?? null;
}

/** A MAC address for a port of this id, a UUID: in Neutron's range, and the same however often it is asked for. */
export function macOf(port: string): string {
  const [one, two, three] = port.replaceAll('-', '').match(/../g) ?? [];
  return ['fa', '16', '3e', one, two, three].join(':');
}
