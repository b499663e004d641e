/**
 * How everything is shown to programs: the JSON of the command line and of the HTTP API, in snake_case. One function
 * for each kind of thing; the type of what it gives is derived from it. Fields are added, never renamed or taken away.
 */
import { faultCatalogue, withoutAdminDetail, type Fault, type FaultCode } from './fault.ts';
import type { FollowUp } from './follow-up.ts';
import type { InstanceAction, InstanceActionDetail, InstanceActionEvent, InstanceFault } from './instance-action.ts';
import { representGuest } from './guest-representation.ts';
import type { Flavor, InstanceRecord, Lock } from './instance.ts';
import type { Operation, Step } from './operation.ts';
import { closesWayBack } from './undo.ts';
import type { TaskInTheWay } from './problem.ts';
import { withoutSealed } from './secret.ts';
import type { Outlook } from './progress.ts';
import type { TaskChange, TaskTransition } from './task-change.ts';
import type { Item, Note, Task } from './task.ts';
import type { Unit } from './unit.ts';

/** Who looks. */
export interface Viewer {
  /** May know where things run. */
  readonly hosts: boolean;
  /** May read original messages and stack traces. */
  readonly details: boolean;
}

export const viewers = {
  /** The owner of an instance. */
  tenant: { hosts: false, details: false },
  /** Whoever reaches Temporal directly. */
  operator: { hosts: true, details: false },
  /** An operator, or an admin of the API, who wants to know everything. */
  admin: { hosts: true, details: true },
} as const satisfies Record<string, Viewer>;

/** What is known of an instance wherever it is shown, also in a row of a list: there, what was never published is null. */
export interface InstanceSummary {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly userId: string | null;
  readonly vmState: string;
  readonly taskState: string | null;
  readonly powerState: string | null;
  readonly host: string | null;
  readonly flavor: Flavor | null;
  readonly image: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const representFlavor = ({ name, vcpus, memoryMb, diskGb }: Flavor) => ({
  name,
  vcpus,
  memory_mb: memoryMb,
  disk_gb: diskGb,
});

/** An instance of a list. */
export const representInstanceSummary = (instance: InstanceSummary, { hosts }: Viewer) => ({
  id: instance.id,
  name: instance.name,
  project_id: instance.projectId,
  user_id: instance.userId,
  vm_state: instance.vmState,
  task_state: instance.taskState,
  power_state: instance.powerState,
  host: hosts ? instance.host : null,
  flavor: instance.flavor && representFlavor(instance.flavor),
  image: instance.image,
  created_at: instance.createdAt,
  updated_at: instance.updatedAt,
});

export const representInstance = (
  { residence, locked = null, followUp = null, ...record }: InstanceRecord,
  viewer: Viewer,
) => ({
  ...representInstanceSummary({ ...record, host: residence?.host ?? null }, viewer),
  description: record.description ?? null,
  metadata: record.metadata ?? {},
  tags: record.tags ?? [],
  ...representGuest(record),
  locked: locked && representLock(locked),
  follow_up: followUp && representFollowUp(followUp),
  volumes: (record.volumes ?? []).map(({ volume, device }) => ({ volume, device })),
  interfaces: (record.interfaces ?? []).map(({ port, network, mac, fixedIp = null }) => ({
    port,
    network,
    mac,
    fixed_ip: fixedIp,
  })),
});

export const representLock = ({ by, reason, at, forAdmins = false }: Lock) => ({
  by,
  reason,
  at,
  for_admins: forAdmins,
});

export type InstanceRepresentation = ReturnType<typeof representInstance>;

const representFollowUp = ({ operation, input, at, reason }: FollowUp) => ({ action: operation, input, at, reason });

/** A fault as the catalogue has it. */
export function representFaultDeclaration(code: FaultCode) {
  const { blame, retryable, sentence, forOperator, nextAction } = faultCatalogue[code];
  return { code, blame, retryable, message: sentence, for_operator: forOperator, next_action: nextAction };
}

export function representFault(fault: Fault, { hosts, details }: Viewer) {
  const { code, blame, retryable, message, nextAction, step = null } = withoutAdminDetail(fault);
  return {
    code,
    blame,
    retryable,
    message,
    next_action: nextAction,
    step,
    ...(hosts && { for_operator: faultCatalogue[code].forOperator, host: fault.host ?? null }),
    ...(details && { detail: fault.detail ?? null }),
  };
}

export const representItem = (item: Item, viewer: Viewer) => ({
  id: item.id,
  step: item.step,
  direction: item.direction,
  unit: item.unit,
  event: item.event,
  state: item.state,
  host: viewer.hosts ? item.host : null,
  started_at: item.startedAt,
  ended_at: item.endedAt,
  fault: item.fault && representFault(item.fault, viewer),
});

export const representNote = ({ at, verb, actor, reason, refusal }: Note) => ({ at, verb, actor, reason, refusal });

export const representTask = (task: Task, viewer: Viewer) => ({
  id: task.id,
  action: task.operation,
  state: task.status,
  instance_id: task.instanceId,
  step: task.step,
  /** Share of the way, 0 to 1, weighted by what the steps usually take. */
  progress: task.progress,
  created_at: task.createdAt,
  started_at: task.startedAt,
  ended_at: task.endedAt,
  actor: task.actor,
  reason: task.reason,
  fault: task.fault && representFault(task.fault, viewer),
  items: task.items.map((item) => representItem(item, viewer)),
  /** As it was asked for, in the words of the operation. */
  input: withoutSealed(task.input),
  /** What it has made: the id of an image. */
  result: task.result ?? null,
  request_id: task.requestId,
  project_id: task.projectId,
  user_id: task.userId,
  notes: task.notes.map(representNote),
  /** What may be done with the task now. */
  verbs: task.verbs,
  pause_requested: task.pauseRequested,
  override_lock: task.overrideLock === true,
  /** Not to be started before. */
  start_at: task.startAt ?? null,
  /** The task that is to complete before, and when it was learned that it has. */
  after: task.after ?? null,
  preceded_at: task.precededAt ?? null,
  retry_of: task.retryOf ?? null,
  recovers: task.recovers ?? [],
  /** The task that this one is a part of, and those that are parts of it. */
  parent_task: task.parentTask ?? null,
  host_task: task.hostTask ?? null,
  sub_tasks: task.subTasks ?? [],
  /** It has left something that was neither finished nor taken back: retry, or skip. */
  loose_ends: task.looseEnds,
});
export type TaskRepresentation = ReturnType<typeof representTask>;

/** Something that became of a task, for its watchers. */
export const representChange = (change: TaskChange, viewer: Viewer) => ({
  ...representTransition(change, viewer),
  /** The sub-task that it is about; null where it is the task that is watched. */
  sub_task: change.subTask ?? null,
  outlook: representOutlook(change.outlook),
});
export type ChangeRepresentation = ReturnType<typeof representChange>;

function representTransition(change: TaskTransition, viewer: Viewer) {
  const { kind, cursor, at } = change;
  switch (change.kind) {
    case 'status':
      return { kind, cursor, at, state: change.status };
    case 'step':
      return { kind, cursor, at, step: change.step, direction: change.direction, state: change.state };
    case 'progress': {
      const { step, direction, share, attempt } = change;
      return { kind, cursor, at, step, direction, progress: share, attempt };
    }
    case 'ended':
      return { kind, cursor, at, task: representTask(change.task, viewer) };
  }
}

/** What lies ahead of a task. */
export const representOutlook = ({ progress, remainingMs, slow }: Outlook) => ({
  progress,
  remaining_ms: remainingMs === null ? null : Math.round(remainingMs),
  /** It has worked longer than 95 % of its kind. */
  slow,
});

/** The task that a refused request ran into. */
export const representTaskInTheWay = (task: TaskInTheWay) => ({
  id: task.taskId,
  action: task.operation,
  state: task.status,
  step: task.step,
  started_at: task.startedAt,
  verbs: task.verbs,
});

/** What an operation does, as far as it can be said beforehand. Its input is described by its schema. */
export const representOperation = (operation: Operation) => ({
  name: operation.name,
  version: operation.version,
  purpose: operation.purpose,
  kind: operation.kind,
  even_when_locked: operation.evenWhenLocked,
  allowed_from: operation.allowedFrom,
  leads_to: operation.leadsTo,
  fails_to: operation.failsTo,
  steps: operation.steps.map(representStep),
  /** What follows, each as a task of its own within the task. */
  sub_tasks: operation.subTasks.map((subTask) => ({
    name: subTask.operation.name,
    conditional: subTask.when !== undefined,
  })),
});

const representStep = (step: Step) => ({
  name: step.name,
  task_state: step.taskState,
  event: step.event,
  unit: step.unit.name,
  runs_on: step.unit.runsOn,
  deadline: step.deadline,
  attempt_deadline: step.attemptDeadline ?? null,
  conditional: step.when !== undefined,
  undo: step.undo?.unit.name ?? null,
  point_of_no_return: closesWayBack(step) !== null,
  irreversible: step.irreversible ?? null,
  owed_when: step.owedWhen ?? null,
});

export const representUnit = ({ name, runsOn, ensures, acquires, faults }: Unit) => ({
  name,
  runs_on: runsOn,
  ensures,
  acquires,
  faults,
});

export const representInstanceAction = (action: InstanceAction) => ({
  action: action.action,
  instance_id: action.instanceId,
  request_id: action.requestId,
  user_id: action.userId,
  project_id: action.projectId,
  start_time: action.startTime,
  updated_at: action.updatedAt,
  message: action.message,
  task_id: action.taskId,
});

const representEvent = (event: InstanceActionEvent, { hosts, details }: Viewer) => ({
  event: event.event,
  start_time: event.startTime,
  finish_time: event.finishTime,
  result: event.result,
  details: event.details,
  host: hosts ? event.host : null,
  traceback: details ? event.traceback : null,
});

export const representInstanceActionDetail = ({ events, ...action }: InstanceActionDetail, viewer: Viewer) => ({
  ...representInstanceAction(action),
  events: events.map((event) => representEvent(event, viewer)),
});

export const representInstanceFault = ({ taskId, operation, created, ...fault }: InstanceFault, viewer: Viewer) => ({
  ...representFault(fault, viewer),
  created,
  action: operation,
  task_id: taskId,
});
