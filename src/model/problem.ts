/** Why a request was refused. The workflows raise these as failures of their type; the client turns them into errors. */
import type { Lock } from './instance.ts';
import type { VmState } from './states.ts';
import type { TaskStatus, TaskVerb } from './task.ts';

/** The task that a refused request ran into, and what may be done about it. */
export interface TaskInTheWay {
  readonly taskId: string;
  readonly operation: string;
  readonly status: TaskStatus;
  /** The step under way; null when it is between steps or not known here. */
  readonly step: string | null;
  readonly startedAt: string | null;
  readonly verbs: readonly TaskVerb[];
}

interface Problems {
  InstanceBusy: { readonly inTheWay: TaskInTheWay };
  NotAllowedInState: {
    readonly operation: string;
    readonly vmState: VmState;
    readonly allowedFrom: readonly VmState[];
  };
  InstanceLocked: { readonly instanceId: string; readonly operation: string; readonly lock: Lock };
  /** The idempotency key was used before, for something else. */
  IdempotencyConflict: { readonly taskId: string };
  /** The task exists and does not take this verb now. */
  TaskVerbRefused: { readonly taskId: string; readonly verb: TaskVerb; readonly status: TaskStatus };
  TaskNotFound: { readonly taskId: string };
  InvalidRequest: unknown;
  /** The instance has taken as much as one run can hold: only delete and recovery are admitted until it has gone on. */
  InstanceFull: unknown;
  HostFull: { readonly host: string };
  /** A task of its own runs. */
  HostBusy: { readonly host: string; readonly taskId: string };
  /** Nothing can be moved from it: no worker of it is alive. */
  HostDown: { readonly host: string };
  /** The task of the host does not take this verb now. */
  HostTaskVerbRefused: { readonly host: string };
  /** It cannot be declared fenced: a worker of it is alive. */
  HostAlive: { readonly host: string };
  /** An instance cannot leave it unseen: it is not fenced, or a worker of it has come. */
  HostNotFenced: { readonly host: string };
  KeyPairExists: unknown;
  KeyPairNotFound: unknown;
  TooManyKeyPairs: unknown;
}

export type ProblemType = keyof Problems;

/** A refusal, as data: its type, one sentence for the caller, and what the sentence is about. */
export type Problem = {
  [Type in ProblemType]: { readonly type: Type; readonly message: string } & Problems[Type];
}[ProblemType];
