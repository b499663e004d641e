/** What lists show of an instance that is no search attribute. Its workflow keeps it up to date in its memo. */
import type { NetworkInterface, VolumeAttachment } from './attachments.ts';
import type { FaultCode } from './fault.ts';
import type { InstanceFault } from './instance-action.ts';
import type { InstanceRecord, Lock } from './instance.ts';

/** The fault that an instance in error has come to, without what only admins see. */
export interface ListedFault {
  readonly code: FaultCode;
  readonly message: string;
  readonly created: string;
}

export interface InstanceDetails {
  readonly launchedAt: string | null;
  readonly terminatedAt: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly locked: Lock | null;
  readonly volumes: readonly VolumeAttachment[];
  readonly interfaces: readonly NetworkInterface[];
  /** Id of the request that asked for it. */
  readonly requestedBy: string | null;
  readonly fault: ListedFault | null;
  /** These are left out where there are none: an instance of an earlier version has none, and is not published anew. */
  readonly hostname?: string;
  readonly keyName?: string;
  readonly hasConfigDrive?: true;
  readonly accessIPv4?: string;
  readonly accessIPv6?: string;
}

/** The memo; `fault` is the newest one that the instance has had, whatever state it is in. */
export const instanceMemo = (instance: InstanceRecord, fault: InstanceFault | null = null) => ({
  image: instance.image,
  userId: instance.userId,
  flavor: { ...instance.flavor },
  powerState: instance.powerState,
  details: {
    launchedAt: instance.launchedAt,
    terminatedAt: instance.terminatedAt,
    description: instance.description ?? null,
    metadata: instance.metadata ?? {},
    tags: instance.tags ?? [],
    locked: instance.locked ?? null,
    volumes: instance.volumes ?? [],
    interfaces: instance.interfaces ?? [],
    requestedBy: instance.requestedBy ?? null,
    fault: instance.vmState === 'error' && fault !== null ? toListed(fault) : null,
    ...guestDetails(instance),
  } satisfies InstanceDetails,
});

/** What lists show of what the guest was given. */
export const guestDetails = ({ hostname, key, configDrive, accessIPv4, accessIPv6 }: InstanceRecord) => ({
  ...(hostname !== undefined && { hostname }),
  ...(key && { keyName: key.name }),
  ...(configDrive && { hasConfigDrive: true as const }),
  ...(accessIPv4 && { accessIPv4 }),
  ...(accessIPv6 && { accessIPv6 }),
});

const toListed = ({ code, message, created }: InstanceFault): ListedFault => ({ code, message, created });
