import { setTimeout as delay } from 'node:timers/promises';
import {
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type Client,
} from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Driver } from '../../activities/drivers/driver.ts';
import { hostLooks } from '../../activities/host-looks.ts';
import { hostActivities } from '../../activities/host-units.ts';
import type { SecretKeys } from '../secrets/secret-keys.ts';
import type { HostRecord, HostTraits, Resources } from '../model/host.ts';
import { toSearchAttributes } from '../model/search-attributes.ts';
import { hostRecoveryTaskQueue, hostTaskQueue, hostWorkflowId } from '../model/task.ts';
import { hostQuery, registerHost } from '../../workflows/messages.ts';
import { controlTaskQueue } from '../client/submit.ts';
import type { WorkerConnection } from './connection.ts';
import { findStrays } from './strays.ts';
import { traced } from './traced.ts';

export interface HostWorkerSettings {
  readonly name: string;
  readonly capacity: Resources;
  readonly driver: Driver;
  /** What secrets are opened with. */
  readonly secretKeys: SecretKeys;
  /** From one look at the guests to the next, for what they do by themselves; 3 s where absent. */
  readonly powerStateIntervalMs?: number;
  /** Whether guests that stop by themselves are started again. */
  readonly startsGuestsAgain?: boolean;
  readonly logger?: Pick<Logger, 'warn'>;
}

/** A worker that is ready to serve its host, as the host was when it registered. */
export interface RegisteredWorker {
  readonly worker: Worker;
  /** Once the host is of a newer one, the worker has no say any more. */
  readonly epoch: number;
}

/** How long a host that could not be rid of what has left it is let be before that is tried again. */
const retryMs = 5_000;

/**
 * A worker of one host: runs the units that change its guests. Several may serve one host. Before it takes any, it
 * registers the host and pays what the host owes; on a fenced host until no guest is left that lives elsewhere. Null
 * when the signal is aborted meanwhile.
 */
export async function createHostWorker(
  link: WorkerConnection,
  settings: HostWorkerSettings,
  signal: AbortSignal,
): Promise<RegisteredWorker | null> {
  const { name, driver, secretKeys } = settings;
  const activities = { ...hostActivities(driver, name, secretKeys), ...hostLooks(driver, name) };
  while (!signal.aborted) {
    const registered = await register(link.client, settings);
    const record = registered.settling ? await settle(link, name, activities, signal) : registered;
    if (!record.fenced)
      return { worker: await createWorker(link, hostTaskQueue(name), activities), epoch: record.epoch };
    await delay(retryMs, undefined, { signal }).catch(() => undefined);
  }
  return null;
}

/** Pays what the host owes, as far as that can be done. */
async function settle(
  link: WorkerConnection,
  name: string,
  activities: object,
  signal: AbortSignal,
): Promise<HostRecord> {
  const settler = await createWorker(link, hostRecoveryTaskQueue(name), activities);
  return settler.runUntil(settled(link.client, name, signal));
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
async function register(client: Client, settings: HostWorkerSettings): Promise<HostRecord> {
  const { name, capacity } = settings;
  const traits = await traitsOf(client, settings);
  const start = new WithStartWorkflowOperation('host', {
    workflowId: hostWorkflowId(name),
    taskQueue: controlTaskQueue,
    args: [newHost(name, capacity)],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    staticSummary: `host ${name}`,
    typedSearchAttributes: toSearchAttributes({ Host: name, HostServing: false }),
  });
  return client.workflow.executeUpdateWithStart(registerHost, {
    args: [capacity, traits],
    startWorkflowOperation: start,
  });
}

/** A hypervisor that does not answer now has its guests looked at when a worker next comes. */
async function traitsOf(client: Client, { name, driver, logger }: HostWorkerSettings): Promise<HostTraits> {
  const strays = await findStrays(client, { name, driver }).catch(() => []);
  if (strays.length > 0) logger?.warn({ host: name, strays }, 'guests that no instance has room for here: left alone');
  const { unsupported, peers } = driver;
  return { strays, ...(unsupported !== undefined && { unsupported }), ...(peers !== undefined && { peers }) };
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

/** The host once the task that pays its debts has ended, or as it is when the signal is aborted. */
async function settled(client: Client, name: string, signal: AbortSignal): Promise<HostRecord> {
  for (;;) {
    const record = await client.workflow.getHandle(hostWorkflowId(name)).query(hostQuery);
    if (!record.settling || signal.aborted) return record;
    await delay(200);
  }
}
