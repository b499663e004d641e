import type { Attachments } from './attachments.ts';
import type { ConfigSecrets, ServerKey } from './config-drive.ts';
import { dueAfter, type FollowUp, type FollowUpAfter } from './follow-up.ts';
import { finalVmState, type PowerState, type TaskState, type VmState } from './states.ts';

/** The size of an instance, as it was when it was asked for: later changes of the catalogue do not alter it. */
export interface Flavor {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

/** Where an instance lives: a host, the claim that reserves room for it there, and its disk. */
export interface Residence {
  readonly host: string;
  /** Id of the claim on the host's workflow, see {@link claimId}. */
  readonly claim: string;
  /** Name of the disk on that host. */
  readonly disk: string;
  /** While the instance is rescued: name of the disk that it runs from. */
  readonly rescueDisk?: string;
}

/** What a resize keeps until it is confirmed or reverted. */
export interface PendingResize {
  readonly from: Residence;
  readonly flavor: Flavor;
  readonly vmState: VmState;
}

/** What a softly deleted instance was, and whether its guest ran: what restore goes back to. */
export interface SoftDeletion {
  readonly vmState: VmState;
  readonly ran: boolean;
}

/** Who has locked an instance, and why. */
export interface Lock {
  readonly by: string;
  readonly reason: string | null;
  readonly at: string;
  /** Members of the project may not take it away. */
  readonly forAdmins?: boolean;
}

/** What a shelved instance comes back from. */
export interface Shelved {
  /** Id of the image that its disk was uploaded to. */
  readonly image: string;
  /** Where it was uploaded from: whom to ask for its removal when the instance is on no host. */
  readonly host: string;
}

/** An image that createBackup has made and that its rotation may take away. */
export interface Backup {
  readonly image: string;
  readonly backupType: string;
}

/** The record of an instance. Its only writer is the instance's workflow, and only tasks change it. */
export interface InstanceRecord extends Attachments {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly userId: string;
  readonly vmState: VmState;
  readonly taskState: TaskState | null;
  readonly powerState: PowerState;
  readonly flavor: Flavor;
  readonly image: string;
  /** Null until placed, and when deleted. */
  readonly residence: Residence | null;
  readonly pendingResize: PendingResize | null;
  /** What resume returns to after a suspend. */
  readonly vmStateBeforeSuspend: VmState | null;
  /** Of a softly deleted instance; absent also in records of earlier versions. */
  readonly softDeletion?: SoftDeletion | null;
  /** While it is there most operations are refused. Absent in records that were written before there were locks. */
  readonly locked?: Lock | null;
  /** What the platform will ask for by itself; absent in older records. */
  readonly followUp?: FollowUp | null;
  /** Absent in records of earlier versions. */
  readonly shelved?: Shelved | null;
  /** Oldest first. Absent where none was ever made. */
  readonly backups?: readonly Backup[];
  /** What it is for. Absent where nobody has said so, as are metadata and tags. */
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Sorted. */
  readonly tags?: readonly string[];
  /** What the guest calls itself; absent in records of earlier versions. */
  readonly hostname?: string;
  /** Who may log in by it. */
  readonly key?: ServerKey | null;
  /** What is secret on its config drive; it has none where this is null or absent. */
  readonly configDrive?: ConfigSecrets | null;
  /** Where its owner says that it is reached; nobody checks that. */
  readonly accessIPv4?: string | null;
  readonly accessIPv6?: string | null;
  /** Hosts with room for it that are declared fenced: no unit is sent there. Absent in records of earlier versions. */
  readonly fencedHosts?: readonly string[];
  /** Id of the request that asked for it: Nova's reservation. Absent in records of earlier versions. */
  readonly requestedBy?: string;
  /** Number of the newest task that was started on it: the first part of every unit's fence. */
  readonly generation: number;
  /** ISO 8601, UTC, as all times. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly launchedAt: string | null;
  readonly terminatedAt: string | null;
}

const changeableFields = [
  'name',
  'description',
  'metadata',
  'tags',
  'hostname',
  'key',
  'configDrive',
  'accessIPv4',
  'accessIPv6',
  'vmState',
  'powerState',
  'image',
  'flavor',
  'residence',
  'pendingResize',
  'vmStateBeforeSuspend',
  'softDeletion',
  'locked',
  'shelved',
  'backups',
  'volumes',
  'interfaces',
] as const satisfies (keyof InstanceRecord)[];

/** What a task may change in the record. */
export type RecordChanges = Partial<Pick<InstanceRecord, (typeof changeableFields)[number]>> & {
  /** What the platform does by itself some time later; whatever was to be done is forgotten when the vm_state changes. */
  readonly followUp?: FollowUpAfter | null;
};

/** Whether the host that it lives on is declared fenced. */
export const isOnFencedHost = ({ residence, fencedHosts = [] }: InstanceRecord): boolean =>
  residence !== null && fencedHosts.includes(residence.host);

/** What makes such changes undone: the same fields as the record had them. */
export const reverseChanges = (changes: RecordChanges, former: InstanceRecord): RecordChanges =>
  changeableFields
    .filter((field) => changes[field] !== undefined)
    .reduce<RecordChanges>((reversed, field) => ({ ...reversed, [field]: former[field] }), {});

/** The record after a task that ended at `endedAt` has changed it. */
export function withChanges(instance: InstanceRecord, changes: RecordChanges, endedAt: string): InstanceRecord {
  const launched = changes.vmState === 'active' && instance.launchedAt === null;
  const deleted = changes.vmState === finalVmState;
  return {
    ...applyChanges(instance, changes, endedAt),
    taskState: null,
    ...(launched && { launchedAt: endedAt }),
    ...(deleted && { terminatedAt: endedAt }),
  };
}

/** The record with what was changed in it at that time, whatever task runs. */
export const applyChanges = (instance: InstanceRecord, changes: RecordChanges, at: string): InstanceRecord => ({
  ...instance,
  ...changes,
  followUp: followUpAfter(instance, changes, at),
  updatedAt: at,
});

function followUpAfter(
  instance: InstanceRecord,
  { followUp, vmState = instance.vmState }: RecordChanges,
  at: string,
): FollowUp | null {
  if (followUp !== undefined) return followUp && dueAfter(followUp, at);
  return vmState === instance.vmState ? (instance.followUp ?? null) : null;
}
