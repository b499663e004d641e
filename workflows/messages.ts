/** What the workflows can be told and asked. The client imports these; the names are what the `temporal` CLI uses. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Durations } from '../src/model/durations.ts';
import type { InstanceAction, InstanceActionDetail, InstanceFault } from '../src/model/instance-action.ts';
import type { HostTask, HostTaskRequest } from '../src/model/host-task.ts';
import type { Claim, Debt, Departure, HostRecord, HostTraits, Release, Resources } from '../src/model/host.ts';
import type { InstanceRecord } from '../src/model/instance.ts';
import type { KeyPair } from '../src/model/key-pair.ts';
import type { PowerState } from '../src/model/states.ts';
import type { ActorAndReason, LooseEnd, Task, TaskRequest } from '../src/model/task.ts';

// To an instance

/** A request for a task. */
export interface SubmitRequest {
  readonly task: TaskRequest;
  /** What to do where the rule would be to refuse because another task runs. */
  readonly ifBusy: 'refuse' | 'queue';
}

/** Null: the task was asked for before and has left the log; its own workflow tells of it. */
export const submitTask = defineUpdate<Task | null, [SubmitRequest]>('submitTask');

/** Who pauses, resumes, cancels or forces, and why. Hand-written signals may leave anything out. */
export type ControlRequest = Partial<ActorAndReason> & {
  /** Needed when it goes to an instance; an operation's workflow is its task. */
  readonly taskId?: string;
};

/** The verbs of a task, as updates: refused at once with the reason. Of operations and of instances. */
export const taskUpdates = {
  pause: defineUpdate<Task, [ControlRequest | undefined]>('pauseTask'),
  resume: defineUpdate<Task, [ControlRequest | undefined]>('resumeTask'),
  cancel: defineUpdate<Task, [ControlRequest | undefined]>('cancelTask'),
  forceComplete: defineUpdate<Task, [ControlRequest | undefined]>('forceCompleteTask'),
} as const;
/** The same verbs as signals: a refusal is noted on the task. */
export const taskSignals = {
  pause: defineSignal<[ControlRequest | undefined]>('pauseTask'),
  resume: defineSignal<[ControlRequest | undefined]>('resumeTask'),
  cancel: defineSignal<[ControlRequest | undefined]>('cancelTask'),
  forceComplete: defineSignal<[ControlRequest | undefined]>('forceCompleteTask'),
} as const;

/** What a hypervisor says of a guest, and which one. */
export interface PowerStateReport {
  readonly host: string;
  readonly powerState: PowerState;
  /** The host is one where guests that stop by themselves are started again. */
  readonly startAgain?: boolean;
}
/** From a host whose guest does something else than the record says. */
export const reportPowerState = defineSignal<[PowerStateReport]>('reportPowerState');

/** What an instance is told of a host with room for it. */
export interface FencingNotice {
  readonly host: string;
  readonly fenced: boolean;
}
/** From a host that was declared fenced, or is about to serve again. */
export const noteFencing = defineSignal<[FencingNotice]>('noteFencing');

export const instanceQuery = defineQuery<InstanceView>('instance');
export const tasksQuery = defineQuery<readonly Task[]>('tasks');
export const taskQuery = defineQuery<Task | null, [taskId?: string]>('task');
export const instanceActionsQuery = defineQuery<readonly InstanceAction[]>('instanceActions');
export const instanceActionQuery = defineQuery<InstanceActionDetail | null, [requestId: string]>('instanceAction');
export const faultsQuery = defineQuery<readonly InstanceFault[]>('faults');
/** Everything the workflow would hand to its next run: what a lost one is rebuilt from. */
export const instanceStateQuery = defineQuery<InstanceState>('state');

/** The record, and the task that changes it now. */
export interface InstanceView {
  readonly instance: InstanceRecord;
  readonly runningTaskId: string | null;
  readonly queuedTaskIds: readonly string[];
}

/** What an instance's workflow carries from run to run. */
export interface InstanceState {
  readonly schemaVersion: 1;
  readonly instance: InstanceRecord;
  /** Started and not ended; only a rebuilt instance begins with one. */
  readonly running: Task | null;
  /** Next first. */
  readonly queue: readonly Task[];
  /** Ended tasks, oldest first, as many as the budget of bytes holds. */
  readonly log: readonly Task[];
  /** Fingerprints by task id, of tasks that have left the log. */
  readonly fingerprints: readonly (readonly [taskId: string, fingerprint: string])[];
  /** What nobody has tied up yet, oldest first. */
  readonly looseEnds: readonly LooseEnd[];
}

// To a host

/** An operator's word that a host is dead. */
export interface FenceRequest extends ActorAndReason {
  /** Also when a worker of it is alive. */
  readonly force: boolean;
}

export const registerHost = defineUpdate<HostRecord, [Resources, HostTraits?]>('registerHost');
/** Refused with HostFull; true otherwise. */
export const claimResources = defineUpdate<boolean, [Claim]>('claimResources');
/** Says whether there was such a claim. */
export const releaseResources = defineUpdate<boolean, [Release]>('releaseResources');
export const addDebt = defineUpdate<number, [Debt]>('addDebt');
/** No worker of the host is alive: it grants no claims until one registers. */
export const markHostDown = defineUpdate<HostRecord>('markHostDown');
/** Declares the host fenced. Refused with HostAlive. */
export const fenceHost = defineUpdate<HostRecord, [FenceRequest]>('fenceHost');
/** What an instance has on a fenced host is owed, its room is free. Refused with HostNotFenced. True: it has left. */
export const departInstance = defineUpdate<boolean, [Departure]>('departInstance');
export const setMaintenance = defineUpdate<HostRecord, [maintenance: boolean]>('setMaintenance');
export const hostQuery = defineQuery<HostRecord>('host');

/** Asks a host for a task of its own. Refused with HostBusy, HostNotFenced, HostDown. The same id again finds the same task. */
export const submitHostTask = defineUpdate<string, [HostTaskRequest]>('submitHostTask');
/** From a task of the host: it has ended. */
export const hostTaskEnded = defineSignal<[taskId: string]>('hostTaskEnded');

// To a task of a host

export const hostTaskQuery = defineQuery<HostTask>('hostTask');
/** The verbs of a task, of one of a host. */
export const hostTaskUpdates = {
  pause: defineUpdate<HostTask, [ControlRequest | undefined]>('pauseTask'),
  resume: defineUpdate<HostTask, [ControlRequest | undefined]>('resumeTask'),
  cancel: defineUpdate<HostTask, [ControlRequest | undefined]>('cancelTask'),
} as const;
export const hostTaskSignals = {
  pause: taskSignals.pause,
  resume: taskSignals.resume,
  cancel: taskSignals.cancel,
} as const;

// To the key pairs of a user

/** What the workflow of a user's key pairs carries from run to run. */
export interface KeyPairsState {
  readonly schemaVersion: 1;
  readonly pairs: readonly KeyPair[];
}

/** Sorted by name. */
export const keyPairsQuery = defineQuery<readonly KeyPair[]>('keyPairs');
/** Refused with KeyPairExists and TooManyKeyPairs. */
export const addKeyPair = defineUpdate<KeyPair, [KeyPair]>('addKeyPair');
/** Refused with KeyPairNotFound. True: it is gone. */
export const removeKeyPair = defineUpdate<boolean, [name: string]>('removeKeyPair');

// To the durations

/** What past tasks have taken. */
export const durationsQuery = defineQuery<Durations>('durations');
/** What tasks that ended lately have taken, to be added. */
export const learnDurations = defineSignal<[lessons: Durations]>('learnDurations');
