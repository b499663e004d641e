/** What can be attached to an instance and detached again: volumes and network interfaces. */

/** A volume that the instance has, and under which name its guest sees it. */
export interface VolumeAttachment {
  /** Id of the volume. */
  readonly volume: string;
  /** `/dev/vdb`. */
  readonly device: string;
}

/** A port that the instance has beside its first one, which belongs to the platform and is not shown. */
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

/** An interface on a network, with a port of that id. */
export function interfaceOn({ network, fixedIp }: WantedInterface, port: string): NetworkInterface {
  return { port, network, mac: macOf(port), ...(fixedIp !== undefined && { fixedIp }) };
}

interface WantedInterface {
  readonly network: string;
  readonly fixedIp?: string | undefined;
}

/** A MAC address for a port of this id, a random UUID: locally administered, and the same however often it is asked for. */
function macOf(port: string): string {
  return ['fa', ...(port.replaceAll('-', '').match(/../g) ?? []).slice(0, 5)].join(':');
}
