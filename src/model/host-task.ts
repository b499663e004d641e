/** A task of a host: it has operations carried out on many instances, each through the instance's own door. */
import type { ActorAndReason, Note } from './task.ts';

/** What it does; the name of its workflow type. */
export type HostTaskKind = 'drainHost' | 'evacuateHost';

/** How carefully it goes about it. */
export interface HostTaskLimits {
  /** So many instances at once. */
  readonly concurrency: number;
  /** So many first, and nobody else before all of them have come through. 0: none. */
  readonly canaries: number;
  /** When so many have failed it begins with no other. */
  readonly maxFailures: number;
}

export const defaultLimits: HostTaskLimits = { concurrency: 2, canaries: 1, maxFailures: 3 };

export interface HostTaskRequest extends HostTaskLimits, ActorAndReason {
  readonly id: string;
  readonly kind: HostTaskKind;
  readonly host: string;
  readonly createdAt: string;
  /** Of the instances' tasks: multiplies their deadlines. */
  readonly deadlineScale: number;
}

export const endedHostTaskStatuses = ['COMPLETED', 'FAILED', 'ABORTED'] as const;
export type HostTaskStatus = 'RUNNING' | 'PAUSED' | (typeof endedHostTaskStatuses)[number];

/** One instance that it is busy with. */
export interface HostTaskPart {
  readonly instanceId: string;
  readonly name: string;
  readonly operation: string;
  readonly taskId: string;
}

/** One instance that has stayed where it was, and why. */
export interface HostTaskProblem extends HostTaskPart {
  /** `refused`: it did not admit the task. `failed`: its task did not complete. */
  readonly kind: 'refused' | 'failed';
  readonly message: string;
}

/** As far as it has come. Counts and problems only: what happened to an instance its own tasks tell. */
export interface HostTask extends HostTaskRequest {
  readonly status: HostTaskStatus;
  readonly pauseRequested: boolean;
  readonly cancelRequested: boolean;
  /** Instances that it has not come to yet, as far as it knows. */
  readonly waiting: number;
  readonly running: readonly HostTaskPart[];
  readonly done: number;
  readonly failed: number;
  readonly refused: number;
  /** The newest, oldest first. */
  readonly problems: readonly HostTaskProblem[];
  /** Ids of the instances that it has come to: none is tried twice. */
  readonly tried: readonly string[];
  /** Why it has stopped before it was done; null where it has not. */
  readonly stoppedBy: string | null;
  readonly notes: readonly Note[];
  readonly endedAt: string | null;
}

/** So many problems are told of one by one. */
export const rememberedProblems = 50;

/** The task before it has done anything. */
export const newHostTask = (request: HostTaskRequest): HostTask => ({
  ...request,
  status: 'RUNNING',
  pauseRequested: false,
  cancelRequested: false,
  waiting: 0,
  running: [],
  done: 0,
  failed: 0,
  refused: 0,
  problems: [],
  tried: [],
  stoppedBy: null,
  notes: [],
  endedAt: null,
});

export const hasHostTaskEnded = ({ status }: Pick<HostTask, 'status'>): boolean =>
  status !== 'RUNNING' && status !== 'PAUSED';

/** Whether it may begin with another instance while it is busy with so many. */
export function mayBegin(task: HostTask, busy: number): boolean {
  if (task.pauseRequested || task.cancelRequested || task.stoppedBy !== null) return false;
  const { canaries, concurrency, done } = task;
  return busy < (done < canaries ? Math.min(concurrency, canaries - done) : concurrency);
}

/** Why it has to stop, once something has failed; null where it goes on. */
export function reasonToStop({ done, failed, canaries, maxFailures }: HostTask): string | null {
  if (failed > 0 && done < canaries) return 'one of the first has failed';
  return failed >= maxFailures ? `${failed} have failed` : null;
}

/** What it ends as when there is nothing left to begin with and nothing runs. */
export function endOf({ cancelRequested, failed, refused, stoppedBy }: HostTask): HostTaskStatus {
  if (cancelRequested) return 'ABORTED';
  return failed + refused > 0 || stoppedBy !== null ? 'FAILED' : 'COMPLETED';
}

/** What it can be told. */
export const hostTaskVerbs = ['pause', 'resume', 'cancel'] as const;
export type HostTaskVerb = (typeof hostTaskVerbs)[number];

/** Why it does not take a verb now; null where it does. */
export function hostTaskRefusal(verb: HostTaskVerb, task: HostTask): string | null {
  if (hasHostTaskEnded(task)) return `it has ended: it is ${task.status}`;
  if (task.cancelRequested) return 'it is being cancelled';
  if (verb === 'pause') return task.pauseRequested ? 'it is paused already' : null;
  if (verb === 'resume') return task.pauseRequested ? null : 'it is not paused';
  return null;
}

/** What a host's task needs to know of an instance with room on the host. */
export interface InstanceOnHost {
  readonly id: string;
  readonly name: string;
  readonly vmState: string;
  /** Where it lives; null when nowhere. */
  readonly host: string | null;
  /** The task that changes it now. */
  readonly busyWith: { readonly taskId: string; readonly operation: string } | null;
}
