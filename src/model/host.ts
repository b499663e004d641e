import type { HostTaskKind } from './host-task.ts';
import type { Flavor } from './instance.ts';
import type { ActorAndReason } from './task.ts';
import type { Fence, UnitPurpose } from './unit.ts';

/** What a host has, or what a claim takes of it. */
export interface Resources {
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

/** Room on a host, reserved for an instance. Claims live on the host's workflow and nowhere else. */
export interface Claim extends Resources {
  /** `<task>/<step>`: the same however often it is asked for. */
  readonly id: string;
  readonly instanceId: string;
  readonly claimedAt: string;
  /** Of the delivery that asked for it. */
  readonly fence: Fence;
}

/** A claim that was given up, and by what: an older delivery that is still under way must not make it again. */
export interface Release {
  readonly claim: string;
  readonly fence: Fence;
}

/** A unit that a task could not have done on the host; a visible task pays it before the host next begins to serve. */
export interface Debt {
  readonly id: string;
  readonly unit: string;
  readonly input: unknown;
  readonly purpose: UnitPurpose;
  /** The host did not answer; otherwise it failed the unit for good. */
  readonly unreachable: boolean;
  readonly owedAt: string;
}

/** An operator's word that a host is dead, and stays so until a worker of it registers. */
export interface Fencing extends ActorAndReason {
  readonly at: string;
  /** Ids of the instances that had room on it, and were told. */
  readonly instances: readonly string[];
}

/** Owed units come after all that their task still does on the host, and before whatever a later task does there. */
export const owedSequence = (sequence: number): number => 1_000_000 + sequence;

/** What an instance leaves behind on a fenced host: what the host owes from then on, and the room that is free. */
export interface Departure {
  readonly debts: readonly Debt[];
  readonly release: Release;
}

/** Workers tell the server of themselves this often. */
export const workerHeartbeatMs = 5_000;
/** A worker that has been silent for so long is not alive. */
export const workerSilenceMs = 3 * workerHeartbeatMs;

/** What a worker finds out about its hypervisor, and tells when it registers the host. */
export interface HostTraits {
  /** Units that the hypervisor cannot do, and why, in one sentence. */
  readonly unsupported?: Readonly<Record<string, string>>;
  /** The hosts that its guests can go to; where it names none, all that name none either. */
  readonly peers?: readonly string[];
  /** Guests of this project's that no instance has room for on this host: left alone, for a person to look at. */
  readonly strays?: readonly string[];
}

/** A hypervisor as its workflow keeps it. */
export interface HostRecord {
  readonly name: string;
  readonly capacity: Resources;
  /** What no claim takes. */
  readonly free: Resources;
  readonly claims: readonly Claim[];
  /** The latest, oldest first. */
  readonly releases: readonly Release[];
  readonly debts: readonly Debt[];
  /** A worker has come and debts are being paid: it serves nothing else meanwhile. */
  readonly settling: boolean;
  /** In maintenance a host keeps its guests and grants no new claim. */
  readonly maintenance: boolean;
  /** A worker has registered it, and nobody has found it silent since. */
  readonly up: boolean;
  /** When a worker last registered it; absent in older records. */
  readonly registeredAt?: string;
  /** While it is declared fenced, and until all is gone that instances have left there. Absent in older records. */
  readonly fenced?: Fencing | null;
  /** The task of its own that runs, as far as it knows; absent in older records. */
  readonly task?: { readonly id: string; readonly kind: HostTaskKind } | null;
  /** What its last worker to come has told of it; absent in older records. */
  readonly traits?: HostTraits;
  /** It grants claims: it is up, not fenced, not in maintenance, and not busy paying debts. */
  readonly serving: boolean;
  /** Raised each time the host is declared fenced: a worker of an older epoch has no say any more. */
  readonly epoch: number;
  readonly updatedAt: string;
}

/** What an instance of this flavor takes. */
export const resourcesOf = ({ vcpus, memoryMb, diskGb }: Flavor): Resources => ({ vcpus, memoryMb, diskGb });

/** What is left of `capacity` beside the claims. May be negative after a shrink of the capacity. */
export function freeResources(capacity: Resources, claims: Iterable<Resources>): Resources {
  let { vcpus, memoryMb, diskGb } = capacity;
  for (const claim of claims) {
    vcpus -= claim.vcpus;
    memoryMb -= claim.memoryMb;
    diskGb -= claim.diskGb;
  }
  return { vcpus, memoryMb, diskGb };
}

/** Whether `wanted` fits into `free`. */
export const fits = (wanted: Resources, free: Resources): boolean =>
  wanted.vcpus <= free.vcpus && wanted.memoryMb <= free.memoryMb && wanted.diskGb <= free.diskGb;

/** Whether an instance may leave what it has on the host to be removed later: nobody there can do anything meanwhile. */
export const isCutOff = ({ fenced, up }: HostRecord): boolean => Boolean(fenced) && !up;

/** Whether a worker has registered so lately that the server need not have heard of it yet. */
export const hasJustRegistered = ({ registeredAt }: HostRecord, now: string): boolean =>
  registeredAt !== undefined && Date.parse(now) - Date.parse(registeredAt) < workerSilenceMs;

/** Why a host grants no claim of so much now; null when it does. */
export function claimRefusal({ name, serving, free }: HostRecord, wanted: Resources): string | null {
  if (!serving) return `${name} takes no new instances now`;
  return fits(wanted, free) ? null : `${name} has no room`;
}
