/** Nova's views of tasks: instance actions with their events, and instance faults. Projections, never the truth. */
import type { Fault } from './fault.ts';
import { hasEnded, type Item, type Task } from './task.ts';

/** One API operation on an instance (Nova: os-instance-actions, list form). */
export interface InstanceAction {
  readonly action: string;
  readonly instanceId: string;
  readonly requestId: string;
  readonly userId: string | null;
  readonly projectId: string | null;
  readonly startTime: string;
  readonly updatedAt: string;
  /** `Error` once it has failed, otherwise null: Nova has no other word here. */
  readonly message: 'Error' | null;
  /** The task that stands for the action. */
  readonly taskId: string;
}

/** A part of an action (Nova: the events of the show form). */
export interface InstanceActionEvent {
  readonly event: string;
  readonly startTime: string;
  readonly finishTime: string | null;
  readonly result: 'Success' | 'Error' | null;
  /** What an owner may read of the failure. */
  readonly details: string | null;
  /** Admins only. */
  readonly host: string | null;
  /** Admins only, and filled in by whoever may read the task's history. */
  readonly traceback: string | null;
  /** The failed activities, in whose task's history the traceback is found. */
  readonly failedActivities: readonly { readonly taskId: string; readonly activityId: string }[];
}

export interface InstanceActionDetail extends InstanceAction {
  /** Newest first, as in Nova. */
  readonly events: readonly InstanceActionEvent[];
}

/** A failed task, seen as a fault of the instance. */
export interface InstanceFault extends Fault {
  readonly taskId: string;
  readonly operation: string;
  readonly created: string;
}

/**
 * The task that stands for an API request: the first one that was asked for under its request id and that was not
 * started by the platform on another's behalf (sub-tasks and recoveries have a task that they belong to). What its
 * sub-tasks did are events of its action.
 */
function standsFor(tasks: readonly Task[]): Task | undefined {
  // One that changes the record alone is over, and in the log, before one that was asked for sooner.
  const inOrder = [...tasks].sort((one, other) =>
    one.createdAt < other.createdAt ? -1 : one.createdAt > other.createdAt ? 1 : 0,
  );
  return inOrder.find((task) => task.recovers === undefined && task.parentTask === undefined) ?? inOrder[0];
}

const failed = (task: Task): boolean => hasEnded(task.status) && task.status !== 'COMPLETED';

function toAction(task: Task): InstanceAction {
  return {
    action: task.operation,
    instanceId: task.instanceId,
    requestId: task.requestId,
    userId: task.userId,
    projectId: task.projectId,
    startTime: task.createdAt,
    updatedAt: task.endedAt ?? task.items.at(-1)?.startedAt ?? task.startedAt ?? task.createdAt,
    message: failed(task) ? 'Error' : null,
    taskId: task.id,
  };
}

/** The actions of an instance, newest first. `tasks` come oldest first. */
export function toInstanceActions(tasks: readonly Task[]): InstanceAction[] {
  const byRequest = new Map<string, Task[]>();
  for (const task of tasks) byRequest.set(task.requestId, [...(byRequest.get(task.requestId) ?? []), task]);
  return (
    [...byRequest.values()]
      .flatMap((group) => standsFor(group) ?? [])
      .map(toAction)
      .reverse()
      // What waited, or changed the record while a task ran, has left the order in which it was asked for.
      .sort((a, b) => (a.startTime < b.startTime ? 1 : a.startTime > b.startTime ? -1 : 0))
  );
}

/** The action of one request with its events, or null when no task was asked for under that id. */
export function toInstanceActionDetail(tasks: readonly Task[], requestId: string): InstanceActionDetail | null {
  const task = standsFor(tasks.filter((candidate) => candidate.requestId === requestId));
  if (task === undefined) return null;
  const parts = [task, ...tasks.filter(({ parentTask }) => parentTask === task.id)];
  return {
    ...toAction(task),
    events: toEvents(parts.flatMap(({ id, items }) => items.map((item) => ({ ...item, taskId: id })))),
  };
}

type ItemOfTask = Item & { readonly taskId: string };

/** Neighbouring items of one event are one row: it begins with the first and ends with the last. */
function toEvents(items: readonly ItemOfTask[]): InstanceActionEvent[] {
  const rows: { name: string; items: ItemOfTask[] }[] = [];
  for (const item of items) {
    if (item.startedAt === null) continue;
    const named = item.direction === 'run' || item.direction === 'force';
    const name = named ? item.event : `${item.direction}_${item.event}`;
    const last = rows.at(-1);
    if (last?.name === name) last.items.push(item);
    else rows.push({ name, items: [item] });
  }
  return rows.map(({ name, items: parts }) => toEvent(name, parts)).reverse();
}

function toEvent(event: string, parts: readonly ItemOfTask[]): InstanceActionEvent {
  const bad = parts.filter((part) => part.state === 'FAILED' || part.state === 'TIMED_OUT' || part.state === 'ABORTED');
  const open = parts.some((part) => part.endedAt === null);
  const first = parts[0];
  return {
    event,
    startTime: first?.startedAt ?? '',
    finishTime: open ? null : (parts.at(-1)?.endedAt ?? null),
    result: bad.length > 0 ? 'Error' : open ? null : 'Success',
    details: bad.at(-1)?.fault?.message ?? null,
    host: first?.host ?? null,
    traceback: null,
    failedActivities: bad.flatMap(({ taskId, activityId }) => (activityId === null ? [] : { taskId, activityId })),
  };
}

/**
 * The faults of an instance, newest first: one for each task that failed, whatever state the instance is in. That of a
 * sub-task is the fault of its task.
 */
export function toInstanceFaults(tasks: readonly Task[]): InstanceFault[] {
  return tasks
    .flatMap((task) =>
      task.fault === null || task.endedAt === null || task.parentTask !== undefined
        ? []
        : { ...task.fault, taskId: task.id, operation: task.operation, created: task.endedAt },
    )
    .reverse();
}
