import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { execa } from 'execa';
import type { SimulatedOptions } from '../../activities/drivers/simulated/options.ts';
import { connect } from '../../src/client/connect.ts';
import {
  InstanceTasks,
  SecretKeys,
  type InstanceRecord,
  type NewInstance,
  type OperationInput,
  type OperationName,
  type SubmitOptions,
  type Task,
  type TaskStatus,
} from '../../src/client/index.ts';
import { taskWorkflowId } from '../../src/model/task.ts';
import { eventually } from './eventually.ts';
import { insistently } from './insistently.ts';
import type { Resources } from '../../src/model/host.ts';
import type { FleetProcess } from './fleet-process.ts';
import { startFleetServer, type FleetServer } from './fleet-server.ts';
import { workerProcess, type WorkerSurroundings } from './fleet-workers.ts';
import { Hypervisors } from './hypervisors.ts';
import { workflowBundle } from './workflow-bundle.ts';

export interface FleetOptions {
  /** Those of one group are served by the same processes. */
  readonly hosts?: readonly (string | readonly string[])[];
  /** Of each host. */
  readonly capacity?: Resources;
  /** What reaches each host, and is told of it; simulated where absent. */
  readonly driver?: (host: string) => { readonly name: string; readonly options: unknown };
  /** How long units take; no time where absent. */
  readonly latency?: SimulatedOptions['latency'];
  readonly workersPerHost?: number;
  /** From one look at the guests to the next; that of production where absent. */
  readonly powerStateIntervalMs?: number;
  /** Whether guests that stop by themselves are started again. */
  readonly startsGuestsAgain?: boolean;
  /** Further hosts, each with one worker of its own. */
  readonly loneHosts?: readonly string[];
  /** The workflows, where they are not those of the sources as they are. */
  readonly workflowBundle?: string;
  /** The program of the workers of hosts, where it is not that of production. */
  readonly hostWorkerScript?: string;
}

/** Only a test that fails waits so long. */
const patienceMs = 120_000;
/** temporal.api.enums.v1.PendingActivityState */
const pendingStates = { scheduled: 1, started: 2 } as const;

/** Room for all that a test file makes. */
const ampleCapacity: Resources = { vcpus: 200, memoryMb: 400_000, diskGb: 10_000 };

/** A whole installation: Temporal, a control worker, workers of simulated hosts; each a real process of its own. */
export class Fleet {
  readonly client: InstanceTasks;
  /** Temporal's own client, for what an operator does behind the product's back. */
  readonly temporal: Client;
  readonly server: FleetProcess;
  readonly control: FleetProcess;
  /** What the hosts really have. */
  readonly hypervisors: Hypervisors;
  /** Where other processes of the fleet find Temporal, and leave their logs. */
  readonly surroundings: WorkerSurroundings;
  readonly #server: FleetServer;
  readonly #workers: ReadonlyMap<string, readonly FleetProcess[]>;

  constructor(parts: {
    readonly temporal: Client;
    readonly server: FleetServer;
    readonly control: FleetProcess;
    readonly workers: ReadonlyMap<string, readonly FleetProcess[]>;
    readonly hypervisors: Hypervisors;
    readonly surroundings: WorkerSurroundings;
  }) {
    this.temporal = parts.temporal;
    this.client = new InstanceTasks(parts.temporal, {
      defaults: { actor: 'alice' },
      secretKeys: SecretKeys.parse(parts.surroundings.secretKeys),
    });
    this.server = parts.server.process;
    this.control = parts.control;
    this.hypervisors = parts.hypervisors;
    this.#server = parts.server;
    this.#workers = parts.workers;
    this.surroundings = parts.surroundings;
  }

  /** A worker of the host; the first one where none is named. */
  worker(host: string, index = 0): FleetProcess {
    const worker = this.#workers.get(host)?.[index];
    if (worker === undefined) throw new Error(`${host} has no worker ${index}`);
    return worker;
  }

  /** Control and host workers. */
  get workers(): FleetProcess[] {
    return [this.control, ...new Set([...this.#workers.values()].flat())];
  }

  /** Makes an instance and waits until it runs. */
  async activeInstance(wanted: Partial<NewInstance> = {}, options: SubmitOptions = {}): Promise<InstanceRecord> {
    const task = await this.client.create({ name: 'subject', flavor: 'm1.small', image: 'cirros', ...wanted }, options);
    const { status, fault } = await this.ended(task);
    if (status !== 'COMPLETED') throw new Error(`the instance could not be made: ${fault?.message ?? status}`);
    return this.client.get(task.instanceId);
  }

  /** Has an operation carried out, and returns the ended task. */
  async run<Name extends Exclude<OperationName, 'create'>>(
    operation: Name,
    instanceId: string,
    input: OperationInput<Name> | Record<string, never>,
    options: SubmitOptions = {},
  ): Promise<Task> {
    return this.ended(await this.client.submit(operation, instanceId, input, options));
  }

  /** Waits until the task has ended; not for ever, but also while there is nobody to answer. */
  async ended(task: Task | string): Promise<Task> {
    const signal = AbortSignal.timeout(patienceMs);
    return insistently(() => this.client.waitFor(task, signal), signal);
  }

  untilStatus(taskId: string, status: TaskStatus): Promise<Task> {
    return eventually(`task ${taskId} is ${status}`, async () => {
      const task = await this.client.task(taskId);
      return task.status === status && task;
    });
  }

  /** Waits until a worker is in the middle of the unit of this activity. */
  async untilInUnit(taskId: string, activityId: string): Promise<void> {
    await this.#untilPending(taskId, activityId, pendingStates.started);
  }

  /** The worker that is in the middle of the unit of this activity, or as the server sees it was last. */
  async workerInUnit(taskId: string, activityId: string): Promise<FleetProcess> {
    return eventually(`a worker is in ${activityId} of task ${taskId}`, async () => {
      const unit = (await this.#pending(taskId)).find((pending) => pending.activityId === activityId);
      if (unit?.state !== pendingStates.started) return undefined;
      const pid = Number(unit.lastWorkerIdentity?.split('@')[0]);
      return this.workers.find((worker) => worker.runs && worker.pid === pid);
    });
  }

  /** Waits until the unit of this activity waits for a worker. */
  async untilInQueue(taskId: string, activityId: string): Promise<void> {
    await this.#untilPending(taskId, activityId, pendingStates.scheduled);
  }

  /** Waits until none of the task's units is under way or waits, as far as the server knows. */
  async untilNoUnit(taskId: string): Promise<void> {
    await eventually(`no unit of task ${taskId} is pending`, async () => (await this.#pending(taskId)).length === 0);
  }

  async #untilPending(taskId: string, activityId: string, state: number): Promise<void> {
    await eventually(`${activityId} of task ${taskId} is in state ${state}`, async () =>
      (await this.#pending(taskId)).some((pending) => pending.activityId === activityId && pending.state === state),
    );
  }

  async #pending(taskId: string) {
    const { raw } = await this.temporal.workflow.getHandle(taskWorkflowId(taskId)).describe();
    return raw.pendingActivities ?? [];
  }

  /** Runs the Temporal CLI against the fleet's server, as an operator would. Returns what it prints. */
  async temporalCli(...words: readonly string[]): Promise<string> {
    const { cli, address, namespace } = this.#server;
    const { stdout } = await execa(cli.path, [...words, '--address', address, '--namespace', namespace]);
    return stdout;
  }

  /** Ends everything that was started and removes what it has written. */
  async dispose(): Promise<void> {
    await this.client.close();
    await Promise.all(this.workers.map((worker) => worker.dispose()));
    await this.server.dispose();
    await rm(this.surroundings.folder, { recursive: true, force: true });
  }
}

/** Starts a fleet. Whatever fails, nothing is left running. */
export async function startFleet(options: FleetOptions = {}): Promise<Fleet> {
  // Settings of whoever runs the tests are for another server.
  for (const name of Object.keys(process.env))
    if (name.startsWith('TEMPORAL_')) Reflect.deleteProperty(process.env, name);
  const folder = await mkdtemp(join(tmpdir(), 'fleet-'));
  const started: FleetProcess[] = [];
  try {
    const [server, bundle] = await Promise.all([startFleetServer(folder), options.workflowBundle ?? workflowBundle()]);
    started.push(server.process);
    const secretKeys = SecretKeys.generate('fleet');
    const surroundings = { address: server.address, namespace: server.namespace, folder, secretKeys };
    const root = join(folder, 'hypervisors');
    const control = controlWorker(bundle, root, surroundings);
    const workers = hostWorkers(root, options, surroundings);
    const all = [control, ...new Set([...workers.values()].flat())];
    started.push(...all);
    await Promise.all(all.map((worker) => worker.start()));
    const temporal = await connect({ address: server.address, namespace: server.namespace });
    const hypervisors = new Hypervisors(root, [...workers.keys()], temporal);
    return new Fleet({ temporal, server, control, workers, hypervisors, surroundings });
  } catch (error) {
    await Promise.all(started.map((process) => process.dispose()));
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function controlWorker(workflowBundle: string, faultRules: string, surroundings: WorkerSurroundings): FleetProcess {
  // ITASK_MAX_CACHED_WORKFLOWS=0 has every workflow replayed at every step.
  const cached = process.env['ITASK_MAX_CACHED_WORKFLOWS'];
  const settings = {
    control: true,
    hosts: [],
    workflowBundle,
    faultRules,
    ...(cached !== undefined && { maxCachedWorkflows: Number(cached) }),
  };
  return workerProcess('control', settings, surroundings);
}

function hostWorkers(
  root: string,
  {
    hosts = ['host-1', 'host-2'],
    capacity = ampleCapacity,
    latency,
    driver = () => ({ name: 'simulated', options: { root, ...(latency !== undefined && { latency }) } }),
    workersPerHost = 1,
    loneHosts = [],
    hostWorkerScript,
    powerStateIntervalMs,
    startsGuestsAgain = false,
  }: FleetOptions,
  surroundings: WorkerSurroundings,
): Map<string, readonly FleetProcess[]> {
  const groups = [
    ...hosts.map((group) => ({ names: typeof group === 'string' ? [group] : group, count: workersPerHost })),
    ...loneHosts.map((name) => ({ names: [name], count: 1 })),
  ];
  return new Map(
    groups.flatMap(({ names, count }) => {
      const settings = {
        control: false,
        hosts: names.map((host) => {
          const { name, options: driverOptions } = driver(host);
          return { name: host, capacity, driver: name, driverOptions, startsGuestsAgain };
        }),
        ...(powerStateIntervalMs !== undefined && { powerStateIntervalMs }),
      };
      const each = Array.from({ length: count }, (_, index) =>
        workerProcess(`${names.join('+')}-${index + 1}`, settings, surroundings, hostWorkerScript),
      );
      return names.map((name) => [name, each] as const);
    }),
  );
}
