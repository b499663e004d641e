/**
 * What a host keeps of an instance beside the definition of its guest, so that the record can be had back when Temporal knows
 * nothing of it any more. It is as it was when the guest was last defined, and nothing of it is secret: sealed secrets stay
 * in the record, and are gone with it.
 */
import type { Attachments } from './attachments.ts';
import type { Flavor, InstanceRecord, Residence } from './instance.ts';
import { reconcileVmState, type PowerState, type VmState } from './states.ts';
import type { Fence } from './unit.ts';

/** Fields that a record need not have. */
const optionalFields = [
  'requestedBy',
  'description',
  'metadata',
  'tags',
  'hostname',
  'key',
  'accessIPv4',
  'accessIPv6',
  'locked',
  'backups',
] as const satisfies (keyof InstanceRecord)[];

/** Of the record, what the definition does not say. */
export type NotedRecord = Pick<
  InstanceRecord,
  'projectId' | 'userId' | 'image' | 'createdAt' | 'launchedAt' | 'pendingResize' | (typeof optionalFields)[number]
>;

/** What is to be noted of an instance. */
export function notedRecordOf(instance: InstanceRecord): NotedRecord {
  const { projectId, userId, image, createdAt, launchedAt, pendingResize } = instance;
  return optionalFields
    .filter((field) => instance[field] !== undefined)
    .reduce<NotedRecord>((noted, field) => ({ ...noted, [field]: instance[field] }), {
      projectId,
      userId,
      image,
      createdAt,
      launchedAt,
      pendingResize,
    });
}

/** What is noted with a guest that a device or a file does not say already. */
export interface NotedGuest {
  readonly name: string;
  readonly flavor: Flavor;
  /** What was secret on it is not known here. */
  readonly hasConfigDrive: boolean;
  readonly record: NotedRecord;
}

/** A guest as its host knows it. */
export interface DescribedGuest extends Attachments {
  readonly powerState: PowerState;
  /** The newest that the host has seen of the instance. */
  readonly fence: Fence;
  /** The disk that it starts from, and those beside it. */
  readonly disk: string;
  readonly otherDisks: readonly string[];
  /** Null where the guest was last defined by an earlier version, which noted nothing. */
  readonly noted: NotedGuest | null;
}

/** What is found where only a host knows of an instance. */
export interface FoundInstance {
  readonly id: string;
  readonly host: string;
  /** Id of its claim there. */
  readonly claim: string;
  readonly guest: DescribedGuest;
  readonly noted: NotedGuest;
  /** Whether the room is still kept that it had before it was resized. */
  readonly isUndecided: boolean;
  readonly at: string;
}

/** More tasks than can have come and failed elsewhere since the host was last asked for anything. */
const unseenTasks = 1_000;

/** The record as the host can tell it. Its next task comes after all that the host, or any other, has seen of the instance. */
export function rebuiltRecord({ id, host, claim, guest, noted, isUndecided, at }: FoundInstance): InstanceRecord {
  const { name, flavor, hasConfigDrive, record } = noted;
  const { powerState, fence, volumes, interfaces } = guest;
  return {
    ...record,
    id,
    name,
    flavor,
    vmState: vmStateOf(guest, isUndecided),
    taskState: null,
    powerState,
    residence: { host, claim, ...disksOf(guest) },
    pendingResize: isUndecided ? record.pendingResize : null,
    followUp: null,
    vmStateBeforeSuspend: powerState === 'SUSPENDED' ? 'active' : null,
    ...(volumes && { volumes }),
    ...(interfaces && { interfaces }),
    ...(hasConfigDrive && { configDrive: {} }),
    generation: fence.generation + unseenTasks,
    // What its create has defined did not run yet; that was no more than a moment before.
    launchedAt: record.launchedAt ?? record.createdAt,
    updatedAt: at,
    terminatedAt: null,
  };
}

function vmStateOf({ powerState, otherDisks }: DescribedGuest, isUndecided: boolean): VmState {
  if (isUndecided) return 'resized';
  return reconcileVmState(otherDisks.length > 0 ? 'rescued' : 'active', powerState);
}

/** A guest with a disk beside that which it starts from is rescued. */
const disksOf = ({ disk, otherDisks: [own] }: DescribedGuest): Pick<Residence, 'disk' | 'rescueDisk'> =>
  own === undefined ? { disk } : { disk: own, rescueDisk: disk };
