/** Nova's views: instance actions with their events, and faults. */
import type { Client } from '@temporalio/client';
import {
  toInstanceActionDetail,
  toInstanceActions,
  toInstanceFaults,
  type InstanceAction,
  type InstanceActionDetail,
  type InstanceFault,
} from '../model/instance-action.ts';
import { withoutAdminDetail } from '../model/fault.ts';
import { NotFoundError } from './errors.ts';
import { readTasks } from './read.ts';
import { readTracebacks } from './tracebacks.ts';

export interface ViewOptions {
  /** Show what only admins may see: hosts, original messages, stack traces. */
  readonly admin?: boolean;
}

/** The actions of an instance, newest first. */
export async function readInstanceActions(client: Client, instanceId: string): Promise<InstanceAction[]> {
  return toInstanceActions(await readTasks(client, instanceId));
}

/** One action with its events. Throws {@link NotFoundError}. */
export async function readInstanceAction(
  client: Client,
  instanceId: string,
  requestId: string,
  { admin = false }: ViewOptions,
): Promise<InstanceActionDetail> {
  const action = toInstanceActionDetail(await readTasks(client, instanceId), requestId);
  if (action === null) throw new NotFoundError(`instance ${instanceId} has no action of request ${requestId}`);
  if (!admin) return { ...action, events: action.events.map((event) => ({ ...event, host: null })) };
  const failed = new Set(action.events.flatMap(({ failedActivities }) => failedActivities.map(({ taskId }) => taskId)));
  const tracebacks = new Map<string, Map<string, string>>();
  for (const taskId of failed) tracebacks.set(taskId, await readTracebacks(client, taskId));
  return {
    ...action,
    events: action.events.map((event) => {
      const found = event.failedActivities.flatMap(
        ({ taskId, activityId }) => tracebacks.get(taskId)?.get(activityId) ?? [],
      );
      return found.length === 0 ? event : { ...event, traceback: found.join('\n\n') };
    }),
  };
}

/** The faults of an instance, newest first. */
export async function readFaults(
  client: Client,
  instanceId: string,
  { admin = false }: ViewOptions,
): Promise<InstanceFault[]> {
  const faults = toInstanceFaults(await readTasks(client, instanceId));
  if (admin) return faults;
  return faults.map(({ taskId, operation, created, ...fault }) => ({
    ...withoutAdminDetail(fault),
    taskId,
    operation,
    created,
  }));
}
