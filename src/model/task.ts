import type { Fault } from './fault.ts';
import type { RecordChanges } from './instance.ts';
import type { TaskState, VmState } from './states.ts';

/** The statuses of a task that has not ended. */
export const openTaskStatuses = ['QUEUED', 'RUNNING', 'PAUSED', 'ROLLING_BACK'] as const;
/** The statuses that a task ends with. */
export const endedTaskStatuses = ['COMPLETED', 'FAILED', 'ABORTED', 'TIMED_OUT', 'ROLLBACK_FAILED'] as const;
export const taskStatuses = [...openTaskStatuses, ...endedTaskStatuses] as const;
export type EndedTaskStatus = (typeof endedTaskStatuses)[number];
export type TaskStatus = (typeof taskStatuses)[number];

/** True when a task of this status will not change any more. */
export function hasEnded(status: TaskStatus): status is EndedTaskStatus {
  return (endedTaskStatuses as readonly TaskStatus[]).includes(status);
}

/** Who did something, and why. */
export interface ActorAndReason {
  /** A user id, or `system` for what the platform does by itself. */
  readonly actor: string;
  readonly reason: string | null;
}

/**
 * What to do about an undo that failed for good: run it again, leave it, take it as done by hand, or run it again and
 * book what fails once more as a debt of its host.
 */
export const recoveryDecisions = ['retry', 'skip', 'markDone', 'owe'] as const;

/** One execution of an operation on an instance, as it was asked for. Immutable. */
export interface TaskRequest extends ActorAndReason {
  /** UUID; the task's workflow is `task/<id>`. */
  readonly id: string;
  readonly operation: string;
  /** Version of the operation's declaration at admission: the task is carried out by that one, whatever comes later. */
  readonly operationVersion: number;
  readonly instanceId: string;
  readonly input: unknown;
  /** OpenStack's request id, a label: several tasks may share it. */
  readonly requestId: string;
  /** The caller's project and user, for the instance action. Null for what the platform does by itself. */
  readonly projectId: string | null;
  readonly userId: string | null;
  /** Tells a repeated request from another one under the same idempotency key. */
  readonly fingerprint: string;
  readonly createdAt: string;
  /** Multiplies all deadlines of the task: slow hosts, tests. */
  readonly deadlineScale: number;
  /**
   * By step, what it was expected to take when the task was asked for, in milliseconds: what its progress is weighted by.
   * All steps weigh the same where absent; one that is missing weighs as much as the others do on average.
   */
  readonly expectedMs?: Readonly<Record<string, number>>;
  /** A lock of the instance is no obstacle to it. */
  readonly overrideLock?: true;
  /** Not to be started before. */
  readonly startAt?: string;
  /** Id of the task, of this instance or any other, that is to complete before this one starts. */
  readonly after?: string;
  /** The failed task that this one repeats. */
  readonly retryOf?: string;
  /** The task that this one is a part of. */
  readonly parentTask?: string;
  /** The task of a host that has asked for this one. */
  readonly hostTask?: string;
  /**
   * Whose loose ends this one ties up. Once it has started: the task, and those that tried before, oldest first. While it
   * waits: any of them; the newest loose end where absent.
   */
  readonly recovers?: readonly string[];
}

/** `run` does a step, `undo` takes it back, `force` makes it end soon, `check` looks and changes nothing. */
export type Direction = 'run' | 'undo' | 'force' | 'check';

export const itemStates = [
  'WAITING',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'ABORTED',
  'TIMED_OUT',
  'SKIPPED',
  'OWED',
] as const;
export type ItemState = (typeof itemStates)[number];

/** The record of one step of one task. Read-only for users. */
export interface Item {
  readonly id: string;
  readonly step: string;
  readonly direction: Direction;
  readonly unit: string;
  /** The event of the instance action that it belongs to. */
  readonly event: string;
  readonly state: ItemState;
  /** Admins only. Null for steps of the control plane. */
  readonly host: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly fault: Fault | null;
  /** Id of the activity in the task's history, for whoever needs its stack trace. Null when it never became one. */
  readonly activityId: string | null;
}

/** Something said to a task while it ran: a pause, a cancel, and whether it was heeded. */
export interface Note extends ActorAndReason {
  readonly at: string;
  readonly verb: TaskVerb;
  /** Why it was not heeded; null when it was. */
  readonly refusal: string | null;
}

/** A task that is to be carried out now: it may have waited, and been paused and resumed meanwhile. */
export interface StartedTask extends TaskRequest {
  readonly startedAt: string;
  readonly notes: readonly Note[];
  /** Of a sub-task: number of the last unit that its parent has sent. Its own follow, as they are of the same generation. */
  readonly sequence?: number;
}

export const taskVerbs = ['pause', 'resume', 'cancel', 'forceComplete'] as const;
export type TaskVerb = (typeof taskVerbs)[number];

/** What a task has made, by what it is: `{ image: <id> }`. */
export type TaskResult = Readonly<Record<string, string>>;

/** A task as readers see it, at any time of its life. */
export interface Task extends TaskRequest {
  readonly status: TaskStatus;
  /** The step under way; null between steps, before and after. */
  readonly step: string | null;
  /** What the instance shows while this runs. */
  readonly taskState: TaskState | null;
  /** Share of the way that lies behind it, 0 to 1, weighted by what its steps were expected to take; never decreases. */
  readonly progress: number;
  /** When it was learned that the task which it comes after has completed; absent until then. */
  readonly precededAt?: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly fault: Fault | null;
  readonly items: readonly Item[];
  readonly notes: readonly Note[];
  /** A pause was asked for and takes hold when the running unit has ended. */
  readonly pauseRequested: boolean;
  /** What may be done with the task now. */
  readonly verbs: readonly TaskVerb[];
  /** vm_state when the task was started; null while it waits. */
  readonly startedFrom: VmState | null;
  /** What it has made that its caller asked for. Absent until it has, and where that is the instance itself. */
  readonly result?: TaskResult;
  /** Ids of the tasks that have been run as parts of it, oldest first. Absent where there are none. */
  readonly subTasks?: readonly string[];
  /** It has ended, and something was neither finished nor taken back: a recover task can tie it up. */
  readonly looseEnds: boolean;
}

/** A task that has ended: the result of an operation's workflow. */
export interface EndedTask extends Task {
  readonly status: EndedTaskStatus;
  readonly endedAt: string;
  /** What the task, with its sub-tasks, changed in the record of its instance. */
  readonly changes: RecordChanges;
  /** Of a sub-task: number of the last unit that it has sent. */
  readonly sequence?: number;
  /** Its sub-tasks as they ended. Absent where there are none. */
  readonly endedSubTasks?: readonly EndedTask[];
}

/** The task without what only the workflows need of its end. */
export function toTask({ changes: _changes, sequence: _sequence, endedSubTasks: _ended, ...task }: EndedTask): Task {
  return task;
}

/** The task as it waits. */
export const toQueued = (request: TaskRequest): Task => ({
  ...request,
  status: 'QUEUED',
  step: null,
  taskState: null,
  progress: 0,
  startedAt: null,
  endedAt: null,
  fault: null,
  items: [],
  notes: [],
  pauseRequested: false,
  verbs: ['pause', 'cancel'],
  startedFrom: null,
  looseEnds: false,
});

/** The end of a task whose workflow was ended from outside: what it has left is nowhere told. */
export const toLost = (task: Task, cause: Fault, endedAt: string): EndedTask => ({
  ...task,
  status: 'FAILED',
  fault: cause,
  verbs: [],
  endedAt,
  changes: {},
  looseEnds: true,
});

/** What a task has left that was neither finished nor taken back. */
export interface LooseEnd {
  /** The task, and those that tried to recover it; oldest first. */
  readonly taskIds: readonly string[];
  /** What the first of them did. */
  readonly operation: string;
}

/** The loose end, of those that there are, oldest first, that a recover task is meant for. */
export function looseEndFor(
  { recovers }: Pick<TaskRequest, 'recovers'>,
  looseEnds: readonly LooseEnd[],
): LooseEnd | undefined {
  const meant = recovers?.at(-1);
  return meant === undefined ? looseEnds.at(-1) : looseEnds.find(({ taskIds }) => taskIds.includes(meant));
}

/**
 * Id of a sub-task: that of its parent, marked as derived by the version of the UUID, and numbered. It is the same
 * whoever starts it: after a loss of the parent, the task that recovers that one.
 */
export const subTaskId = (parentTask: string, index: number): string =>
  `${parentTask.slice(0, 14)}8${parentTask.slice(15, -2)}${index.toString(16).padStart(2, '0')}`;

/** Workflow id of a task: a task is found by its id alone. */
export const taskWorkflowId = (taskId: string): string => `task/${taskId}`;
/** Workflow id of an instance. */
export const instanceWorkflowId = (instanceId: string): string => `instance/${instanceId}`;
/** Workflow id of a task of a host itself. */
export const hostTaskWorkflowId = (host: string, taskId: string): string => `host/${host}/task/${taskId}`;
/** Workflow id of a host, and the name of its task queue. */
export const hostWorkflowId = (host: string): string => `host/${host}`;
export const hostTaskQueue = hostWorkflowId;
/** Where a host's debts are paid before it serves again. */
export const hostRecoveryTaskQueue = (host: string): string => `host/${host}/recovery`;
/** Workflow id of what is known of past tasks: one for a namespace. */
export const durationsWorkflowId = 'durations';
/** Id of the claim that a step of a task makes: the same however often the step is delivered. */
export const claimId = (taskId: string, step: string): string => `${taskId}/${step}`;
