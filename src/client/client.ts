import type { Client } from '@temporalio/client';
import { defaultFlavors } from '../model/catalogue.ts';
import type { CancelPreview } from '../model/cancel-preview.ts';
import type { OperationDurations } from '../model/durations.ts';
import type { HostRecord } from '../model/host.ts';
import type { InstanceAction, InstanceActionDetail, InstanceFault } from '../model/instance-action.ts';
import type { InstanceRecord } from '../model/instance.ts';
import type { Outlook } from '../model/progress.ts';
import type { TaskChange } from '../model/task-change.ts';
import { hostWorkflowId, type ActorAndReason, type Task } from '../model/task.ts';
import type { OperationName } from '../operations/index.ts';
import type { Plan } from '../operations/plan.ts';
import type { SecretKeys } from '../secrets/secret-keys.ts';
import { fenceHost, hostQuery, setMaintenance, type FenceRequest } from '../../workflows/messages.ts';
import { readFaults, readInstanceAction, readInstanceActions, type ViewOptions } from './actions.ts';
import { InstanceChanges } from './changes.ts';
import { connect, isReachable, type ConnectOptions } from './connect.ts';
import { followConsole, type FollowConsoleOptions } from './follow-console.ts';
import { readConsole, type ConsoleOptions } from './console.ts';
import { control } from './control.ts';
import { createInstance, parseNew } from './create.ts';
import { readDurations } from './durations.ts';
import { HostTasks } from './host-tasks.ts';
import { query, update } from './gateway.ts';
import type { InstanceTasksOptions } from './instance-tasks-options.ts';
import { parseInput, parseRequested, type Catalogue } from './input.ts';
import { KeyPairs, withServerKey } from './key-pairs.ts';
import * as lists from './lists.ts';
import { readCancelPreview, readOutlook } from './outlook.ts';
import { readProject } from './owner.ts';
import { makePlan } from './plan.ts';
import type { NewInstance, OperationInput } from './operation-input.ts';
import { readInstance, readTask, readTasks, waitFor } from './read.ts';
import { rebuildInstance } from './rebuild.ts';
import { retryTask } from './retry.ts';
import type { InstanceRow, TaskRow } from './rows.ts';
import { sealInput } from './seal-input.ts';
import { submit, userOf, type SubmitOptions } from './submit.ts';
import type { Page } from './visibility.ts';
import { watch, type WatchOptions } from './watch.ts';
import { listWorkers, type LiveWorker } from './workers.ts';

/**
 * The client of Instance Tasks. Whoever holds one reaches Temporal directly and so is an operator: tenants come
 * through HTTP. Every method throws one of the classes of `errors.ts` for what it says it throws.
 */
export class InstanceTasks {
  readonly #client: Client;
  /** What the operator offers. */
  readonly catalogue: Catalogue;
  readonly #defaults: SubmitOptions;
  readonly #secretKeys: SecretKeys | undefined;

  /** Over a client of Temporal's that exists already. */
  constructor(client: Client, { catalogue, defaults = {}, secretKeys }: InstanceTasksOptions = {}) {
    this.#client = client;
    this.catalogue = catalogue ?? { flavors: defaultFlavors, images: [] };
    this.#defaults = defaults;
    this.#secretKeys = secretKeys;
  }

  /** Connects by the environment: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TLS and profiles. */
  static async connect(options: ConnectOptions & InstanceTasksOptions = {}): Promise<InstanceTasks> {
    return new InstanceTasks(await connect(options), options);
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    await this.#client.connection.close();
  }

  /** Whether Temporal answers, within two seconds. */
  isReachable(): Promise<boolean> {
    return isReachable(this.#client);
  }

  /** What {@link create} would find wrong with such an instance, it throws; nothing is asked for. */
  async checkNew(instance: unknown, options: SubmitOptions = {}): Promise<void> {
    await parseNew(this.#client, instance, this.catalogue, { ...this.#defaults, ...options });
  }

  /** Asks for a new instance; the task that makes it carries its id. */
  async create(instance: NewInstance, options: SubmitOptions = {}): Promise<Task> {
    const means = { catalogue: this.catalogue, secretKeys: this.#secretKeys };
    return createInstance(this.#client, instance, means, { ...this.#defaults, ...options });
  }

  /** Asks for an operation and answers at once with the task. Throws when the input, or the instance, does not allow it. */
  async submit<Name extends Exclude<OperationName, 'create'>>(
    operation: Name,
    instanceId: string,
    input: OperationInput<Name> | Record<string, never>,
    options: SubmitOptions = {},
  ): Promise<Task> {
    return this.request(operation, instanceId, input, options);
  }

  /** The same as {@link submit} for an operation and an input that come from outside: what is wrong is found here. */
  async request(operation: string, instanceId: string, input: unknown, options: SubmitOptions = {}): Promise<Task> {
    const name = parseRequested(operation);
    const all = { ...this.#defaults, ...options };
    return submit(this.#client, name, instanceId, await this.#parse(name, instanceId, input, all), all);
  }

  /** What a request would lead to, without any effect: whether it would be admitted, whether there is room, and its steps. */
  async plan<Name extends Exclude<OperationName, 'create'>>(
    operation: Name,
    instanceId: string,
    input: OperationInput<Name> | Record<string, never>,
    options: Pick<SubmitOptions, 'queue'> = {},
  ): Promise<Plan> {
    return this.planRequest(operation, instanceId, input, options);
  }

  /** The same as {@link plan} for an operation and an input that come from outside. */
  async planRequest(
    operation: string,
    instanceId: string,
    input: unknown,
    options: Pick<SubmitOptions, 'queue'> = {},
  ): Promise<Plan> {
    const name = parseRequested(operation);
    const parsed = await this.#parse(name, instanceId, input, this.#defaults);
    return makePlan(this.#client, name, instanceId, parsed, options);
  }

  /** Newest first. */
  list(filter: lists.InstanceFilter = {}): Promise<Page<InstanceRow>> {
    return lists.listInstances(this.#client, filter);
  }

  /** What a copy of the lists is kept up to date from. */
  get changes(): InstanceChanges {
    return new InstanceChanges(this.#client);
  }

  /** Instances whose workflow was ended from outside: {@link rebuild} brings them back. */
  lost(filter: Pick<lists.InstanceFilter, 'name' | 'projectId'> = {}): Promise<InstanceRow[]> {
    return lists.listLostInstances(this.#client, filter);
  }

  /** Tasks of all instances that have been started, newest first. */
  listTasks(filter: lists.TaskFilter = {}): Promise<Page<TaskRow>> {
    return lists.listTasks(this.#client, filter);
  }

  /** The id that a name stands for, also of an instance that is lost; an id stands for itself. */
  resolve(nameOrId: string): Promise<string> {
    return lists.resolveInstance(this.#client, nameOrId);
  }

  /** The project that an instance belongs to. Asks the server only: no workflow is woken. */
  projectOf(instanceId: string): Promise<string> {
    return readProject(this.#client, instanceId);
  }

  get(instanceId: string): Promise<InstanceRecord> {
    return readInstance(this.#client, instanceId);
  }

  /** The tasks in the log of an instance, and those that run or wait; oldest first. Older ones: {@link listTasks}. */
  tasks(instanceId: string): Promise<Task[]> {
    return readTasks(this.#client, instanceId);
  }

  task(taskId: string): Promise<Task> {
    return readTask(this.#client, taskId);
  }

  /** How far a task is, how long it may still take, and whether that is unusual. */
  async outlook(task: Task | string): Promise<Outlook> {
    return readOutlook(this.#client, typeof task === 'string' ? await this.task(task) : task);
  }

  /** What past tasks of an operation have taken; null where nothing is known, or nobody can say now. */
  async durations(operation: string): Promise<OperationDurations | null> {
    return (await readDurations(this.#client))?.[operation] ?? null;
  }

  /** The changes of a task until it has ended. */
  async *watch(task: Task | string, options: WatchOptions = {}): AsyncGenerator<TaskChange> {
    yield* watch(this.#client, typeof task === 'string' ? await this.task(task) : task, options);
  }

  /** Waits until a task has ended, whatever with, and its instance shows it. */
  async waitFor(task: Task | string, signal?: AbortSignal): Promise<Task> {
    return waitFor(this.#client, typeof task === 'string' ? await this.task(task) : task, signal);
  }

  /** Holds a task before its next step. */
  pause(taskId: string, who: Partial<ActorAndReason> = {}): Promise<Task> {
    return control(this.#client, 'pause', taskId, this.#who(who));
  }

  resume(taskId: string, who: Partial<ActorAndReason> = {}): Promise<Task> {
    return control(this.#client, 'resume', taskId, this.#who(who));
  }

  /** Stops a task and has what it did taken back. Refused beyond its point of no return. */
  cancel(taskId: string, who: Partial<ActorAndReason> = {}): Promise<Task> {
    return control(this.#client, 'cancel', taskId, this.#who(who));
  }

  /** Has a live migration that copies memory stop the guest for the rest, so that it completes. Refused in all other cases. */
  forceComplete(taskId: string, who: Partial<ActorAndReason> = {}): Promise<Task> {
    return control(this.#client, 'forceComplete', taskId, this.#who(who));
  }

  /** What a cancel would do now: what is done, what would be taken back, what could not be, and about how long it takes. */
  cancelPreview(taskId: string): Promise<CancelPreview> {
    return readCancelPreview(this.#client, taskId);
  }

  /** Asks for what a failed task asked for once more; what it left half done is recovered instead. */
  retry(taskId: string, options: SubmitOptions = {}): Promise<Task> {
    return retryTask(this.#client, taskId, { ...this.#defaults, ...options });
  }

  /** A person's word on an undo that failed for good. */
  recover(instanceId: string, input: OperationInput<'recover'>, options: SubmitOptions = {}): Promise<Task> {
    return this.submit('recover', instanceId, input, options);
  }

  /** Brings a terminated instance workflow back from what its last run knew, or, forgotten by Temporal, from what a host knows. */
  rebuild(instanceId: string, fromHost?: string): Promise<InstanceRecord> {
    return rebuildInstance(this.#client, instanceId, fromHost);
  }

  /** Nova's instance actions, newest first. */
  instanceActions(instanceId: string): Promise<InstanceAction[]> {
    return readInstanceActions(this.#client, instanceId);
  }

  /** One of them with its events; stack traces and hosts for admins. */
  instanceAction(instanceId: string, requestId: string, options: ViewOptions = {}): Promise<InstanceActionDetail> {
    return readInstanceAction(this.#client, instanceId, requestId, options);
  }

  /** Nova's instance faults, newest first: the failed tasks. */
  faults(instanceId: string, options: ViewOptions = {}): Promise<InstanceFault[]> {
    return readFaults(this.#client, instanceId, options);
  }

  /** What the guest has written to its console, the newest part of it. */
  consoleOutput(instanceId: string, options: ConsoleOptions = {}): Promise<string> {
    return readConsole(this.#client, instanceId, options);
  }

  /** The same in pieces: what is there, then what comes, until the instance is on no host any more. */
  followConsole(instanceId: string, options: FollowConsoleOptions = {}): AsyncGenerator<string, void> {
    return followConsole(this.#client, instanceId, options);
  }

  /** The key pairs of a user; those of whoever asks where none is named. */
  keyPairs(userId: string = userOf(this.#defaults)): KeyPairs {
    return new KeyPairs(this.#client, userId);
  }

  hosts(): Promise<HostRecord[]> {
    return lists.listHosts(this.#client);
  }

  host(name: string): Promise<HostRecord> {
    return query(this.#client, hostWorkflowId(name), hostQuery);
  }

  /**
   * Declares a host dead for good, as only somebody can know who has cut its power, until a worker of it has come back and all
   * is gone that was left there. Throws {@link RefusedError} while a worker of it is alive, unless `force` is said.
   */
  fenceHost(name: string, { force = false, ...who }: Partial<FenceRequest> = {}): Promise<HostRecord> {
    return update(this.#client, hostWorkflowId(name), fenceHost, [{ ...this.#who(who), force }]);
  }

  /** Tasks of a host itself: drain it for maintenance, evacuate it once it is fenced, and what is to be said to them. */
  get hostTasks(): HostTasks {
    return new HostTasks(this.#client, (who) => this.#who(who));
  }

  /** In maintenance a host keeps its guests and gets no new ones. */
  setMaintenance(name: string, maintenance: boolean): Promise<HostRecord> {
    return update(this.#client, hostWorkflowId(name), setMaintenance, [maintenance]);
  }

  /** The workers that are alive, of the control plane and of hosts. */
  workers(): Promise<LiveWorker[]> {
    return listWorkers(this.#client);
  }

  /** An input as it may leave this process. */
  async #parse(operation: OperationName, instanceId: string, input: unknown, options: SubmitOptions): Promise<unknown> {
    const parsed = await withServerKey(this.#client, userOf(options), parseInput(operation, input, this.catalogue));
    return sealInput(operation, parsed, instanceId, this.#secretKeys);
  }

  #who({ actor, reason }: Partial<ActorAndReason>): ActorAndReason {
    return { actor: actor ?? this.#defaults.actor ?? 'operator', reason: reason ?? this.#defaults.reason ?? null };
  }
}
