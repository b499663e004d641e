/** Tasks of hosts: asking for them, reading and telling them. */
import { v4 } from 'uuid';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import {
  hasHostTaskEnded,
  type HostTask,
  type HostTaskKind,
  type HostTaskRequest,
  type HostTaskVerb,
} from '../model/host-task.ts';
import { hostTaskWorkflowId, hostWorkflowId, type ActorAndReason } from '../model/task.ts';
import { hostTaskSchema, type HostTaskOptions } from '../operations/host-task.schema.ts';
import { hostQuery, hostTaskQuery, hostTaskUpdates, submitHostTask } from '../../workflows/messages.ts';
import type { drainHost } from '../../workflows/host/host-task.ts';
import { IdempotencyConflictError, InvalidInputError, NotFoundError, RefusedError } from './errors.ts';
import { call, query, unlessNotFound, update } from './gateway.ts';

/** How a host's task is to be carried out, on whose word. */
export interface HostTaskRequestOptions extends HostTaskOptions {
  /** The same id again finds the same task. */
  readonly id?: string;
  /** Multiplies the deadlines of the instances' tasks. */
  readonly deadlineScale?: number;
}

/** Asks a host for a task of its own, and answers with it. */
async function submitHostTaskTo(
  client: Client,
  kind: HostTaskKind,
  host: string,
  { id: givenId, deadlineScale = 1, ...options }: HostTaskRequestOptions,
  who: ActorAndReason,
): Promise<HostTask> {
  const parsed = hostTaskSchema.safeParse(options);
  if (!parsed.success) {
    throw new InvalidInputError(
      parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
    );
  }
  const id = givenId ?? v4();
  const request = { ...parsed.data, ...who, id, kind, host, deadlineScale, createdAt: new Date().toISOString() };
  // Whatever the host is like by now: what was asked for before is answered.
  const known = givenId === undefined ? null : await unlessNotFound(readHostTask(client, host, givenId));
  if (known !== null) return unlessAnother(known, request);
  await update(client, hostWorkflowId(host), submitHostTask, [request]);
  return unlessAnother(await readHostTask(client, host, id), request);
}

/** The task, where it is what was asked for. Throws an {@link IdempotencyConflictError}. */
function unlessAnother(task: HostTask, request: HostTaskRequest): HostTask {
  const same = (['kind', 'concurrency', 'canaries', 'maxFailures'] as const).every((key) => task[key] === request[key]);
  if (same) return task;
  throw new IdempotencyConflictError(`task ${task.id} of ${task.host} was asked for in other words`, task.id);
}

/** The task of a host by its id; where that is absent the one that runs, or ran last. Throws {@link NotFoundError}. */
async function readHostTask(client: Client, host: string, id?: string): Promise<HostTask> {
  const workflowId = id === undefined ? await latestOf(client, host) : hostTaskWorkflowId(host, id);
  const handle = client.workflow.getHandle<typeof drainHost>(workflowId);
  const { status } = await call(client, workflowId, () => handle.describe());
  if (status.name === 'COMPLETED') return call(client, workflowId, () => handle.result());
  const task = await query(client, workflowId, hostTaskQuery);
  const runs = status.name === 'RUNNING' || status.name === 'PAUSED';
  return runs || hasHostTaskEnded(task) ? task : endedFromOutside(task);
}

/** It has ended without knowing. What it had asked instances for they do, or have done. */
const endedFromOutside = (task: HostTask): HostTask => ({
  ...task,
  status: 'FAILED',
  running: [],
  waiting: 0,
  stoppedBy: 'it was ended from outside',
});

async function latestOf(client: Client, host: string): Promise<string> {
  const { task } = await query(client, hostWorkflowId(host), hostQuery);
  if (task) return hostTaskWorkflowId(host, task.id);
  const own = `WorkflowType IN ('drainHost', 'evacuateHost') AND WorkflowId STARTS_WITH '${hostTaskWorkflowId(host, '')}'`;
  const executions = client.workflow.list({ query: own, pageSize: 1 });
  const first = await call(client, hostWorkflowId(host), () => executions[Symbol.asyncIterator]().next());
  if (first.done === true) throw new NotFoundError(`${host} has no task, and had none lately`);
  return first.value.workflowId;
}

/** Pauses, resumes or cancels a host's task. What runs on instances goes on. Throws {@link RefusedError}. */
async function controlHostTask(
  client: Client,
  verb: HostTaskVerb,
  host: string,
  who: Partial<ActorAndReason>,
): Promise<HostTask> {
  const task = await readHostTask(client, host);
  if (hasHostTaskEnded(task)) throw new RefusedError(`the task of ${host} has ended: it is ${task.status}`);
  return update(client, hostTaskWorkflowId(host, task.id), hostTaskUpdates[verb], [who]);
}

async function waitForHostTask(client: Client, { host, id }: Pick<HostTask, 'host' | 'id'>): Promise<HostTask> {
  const handle = client.workflow.getHandle<typeof drainHost>(hostTaskWorkflowId(host, id));
  try {
    return await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return readHostTask(client, host, id);
  }
}

type Who = Partial<ActorAndReason>;

/** Tasks that a host has carried out on its instances, each through the instance's own door. */
export class HostTasks {
  readonly #client: Client;
  readonly #complete: (who: Who) => ActorAndReason;

  constructor(client: Client, complete: (who: Who) => ActorAndReason) {
    this.#client = client;
    this.#complete = complete;
  }

  /**
   * Puts the host into maintenance and moves its instances away. Throws a {@link RefusedError} while another task of the
   * host runs, or when no worker of it is alive.
   */
  drain(host: string, { actor, reason, ...options }: HostTaskRequestOptions & Who = {}): Promise<HostTask> {
    return submitHostTaskTo(this.#client, 'drainHost', host, options, this.#who({ actor, reason }));
  }

  /** Takes the instances away from a fenced host. Throws a {@link RefusedError} where it is not, or another task runs. */
  evacuate(host: string, { actor, reason, ...options }: HostTaskRequestOptions & Who = {}): Promise<HostTask> {
    return submitHostTaskTo(this.#client, 'evacuateHost', host, options, this.#who({ actor, reason }));
  }

  /** The task of a host by its id; the one that runs, or ran last, where that is absent. Throws {@link NotFoundError}. */
  get(host: string, id?: string): Promise<HostTask> {
    return readHostTask(this.#client, host, id);
  }

  /** Begins with no other instance until it is resumed; what runs goes on. */
  pause(host: string, who: Who = {}): Promise<HostTask> {
    return controlHostTask(this.#client, 'pause', host, this.#complete(who));
  }

  resume(host: string, who: Who = {}): Promise<HostTask> {
    return controlHostTask(this.#client, 'resume', host, this.#complete(who));
  }

  /** Begins with no other instance; ends when what runs has ended. */
  cancel(host: string, who: Who = {}): Promise<HostTask> {
    return controlHostTask(this.#client, 'cancel', host, this.#complete(who));
  }

  /** The task once it has ended; FAILED where it was ended from outside. */
  waitFor(task: Pick<HostTask, 'host' | 'id'>): Promise<HostTask> {
    return waitForHostTask(this.#client, task);
  }

  #who({ actor, reason }: { readonly actor: string | undefined; readonly reason: string | null | undefined }) {
    return this.#complete({ ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }) });
  }
}
