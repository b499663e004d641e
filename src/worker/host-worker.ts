import { setTimeout as delay } from 'node:timers/promises';
import {
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type Client,
} from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { Driver } from '../../activities/drivers/driver.ts';
import { hostLooks } from '../../activities/host-looks.ts';
import { hostActivities } from '../../activities/host-units.ts';
import type { SecretKeys } from '../secrets/secret-keys.ts';
import type { HostRecord, Resources } from '../model/host.ts';
import { toSearchAttributes } from '../model/search-attributes.ts';
import { hostRecoveryTaskQueue, hostTaskQueue, hostWorkflowId } from '../model/task.ts';
import { hostQuery, registerHost } from '../../workflows/messages.ts';
import { controlTaskQueue } from '../client/submit.ts';
import type { WorkerConnection } from './connection.ts';
import { traced } from './traced.ts';

export interface HostWorkerSettings {
  readonly name: string;
  readonly capacity: Resources;
  readonly driver: Driver;
  /** What secrets are opened with. */
  readonly secretKeys: SecretKeys;
}

/**
 * A worker of one host: runs the units that change its guests. Several may serve one host. Before it takes any, it
 * registers the host and pays what the host owes.
 */
export async function createHostWorker(link: WorkerConnection, settings: HostWorkerSettings): Promise<Worker> {
  const { name, capacity, driver, secretKeys } = settings;
  const record = await register(link.client, name, capacity);
  const activities = { ...hostActivities(driver, name, secretKeys), ...hostLooks(driver, name) };
  if (record.settling) {
    const settler = await createWorker(link, hostRecoveryTaskQueue(name), activities);
    await settler.runUntil(settled(link.client, name));
  }
  return createWorker(link, hostTaskQueue(name), activities);
}

function createWorker({ connection, namespace, tracing }: WorkerConnection, taskQueue: string, activities: object) {
  return Worker.create({
    ...traced(tracing, {}),
    connection,
    namespace,
    taskQueue,
    activities,
    // Long polls of all hosts together must stay below what a frontend takes.
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 2 },
    maxConcurrentActivityTaskExecutions: 50,
    // Cancels reach a unit with its heartbeats: often, for a person waits.
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    shutdownGraceTime: '5s',
  });
}

/** Tells the host's workflow what it has, and starts that workflow where it is the first time. */
function register(client: Client, name: string, capacity: Resources): Promise<HostRecord> {
  const start = new WithStartWorkflowOperation('host', {
    workflowId: hostWorkflowId(name),
    taskQueue: controlTaskQueue,
    args: [newHost(name, capacity)],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    staticSummary: `host ${name}`,
    typedSearchAttributes: toSearchAttributes({ Host: name, HostServing: false }),
  });
  return client.workflow.executeUpdateWithStart(registerHost, { args: [capacity], startWorkflowOperation: start });
}

const newHost = (name: string, capacity: Resources): HostRecord => ({
  name,
  capacity,
  free: capacity,
  claims: [],
  releases: [],
  debts: [],
  settling: false,
  maintenance: false,
  up: false,
  serving: false,
  epoch: 0,
  updatedAt: new Date().toISOString(),
});

/** Until the task that pays the host's debts has ended. */
async function settled(client: Client, name: string): Promise<void> {
  while ((await client.workflow.getHandle(hostWorkflowId(name)).query(hostQuery)).settling) await delay(200);
}
