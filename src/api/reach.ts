/** What of the platform a caller reaches: what is another project's is not there for them. */
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { validate } from 'uuid';
import type { InstanceTasks } from '../client/client.ts';
import { newInstanceId } from '../client/ids.ts';
import { NotFoundError } from '../client/errors.ts';
import { unlessNotFound } from '../client/gateway.ts';
import type { InstanceRecord } from '../model/instance.ts';
import type { Task } from '../model/task.ts';
import type { OperationName } from '../operations/index.ts';
import type { SubmitOptions } from '../client/submit.ts';
import { viewers, type Viewer } from '../model/representation.ts';
import { isAdmin, type Caller } from '../authentication/caller.ts';
import { NotFound } from './http-error.ts';
import { expectMayRequest, sees } from './policy.ts';

/** How many tasks are looked up at the same time for those who begin to watch. */
const looksAtOnce = 16;

/** Instances never change hands. */
const rememberedOwners = 10_000;

/** The platform, for one request after another. */
export class Reach {
  readonly client: InstanceTasks;
  readonly #looking = pLimit(looksAtOnce);
  readonly #looks = new Map<string, Promise<Task>>();
  readonly #owners = new LRUCache<string, string>({ max: rememberedOwners });

  constructor(client: InstanceTasks) {
    this.client = client;
  }

  /** Throws {@link NotFound} where the caller may not know of such an instance. */
  async expectInstance(caller: Caller, id: string): Promise<void> {
    const projectId = validate(id) ? await this.#projectOf(id) : null;
    if (projectId === null || !sees(caller, projectId)) throw new NotFound(`there is no server ${id}`);
  }

  async instance(caller: Caller, id: string): Promise<InstanceRecord> {
    await this.expectInstance(caller, id);
    return this.client.get(id);
  }

  /** Whether nothing was made under this key before; without a key there was nothing. */
  async isNew(projectId: string, idempotencyKey: string | undefined): Promise<boolean> {
    if (idempotencyKey === undefined) return true;
    return (await this.#projectOf(newInstanceId(projectId, idempotencyKey))) === null;
  }

  /** Throws {@link Forbidden} where the caller may not ask for that of the instance. */
  async expectMayRequest(caller: Caller, operation: OperationName, input: unknown, instanceId: string): Promise<void> {
    // Whose lock it is decides who may take it away.
    const instance = operation === 'unlock' && !isAdmin(caller) ? await this.client.get(instanceId) : null;
    expectMayRequest(caller, operation, input, instance);
  }

  task(caller: Caller, id: string): Promise<Task> {
    return this.#taskOf(caller, id, () => this.client.task(id));
  }

  /**
   * The same for whoever is going to watch it, as it was a moment ago. When the API was restarted all who watch come back at
   * once: they look together, wait their turn, and none is turned away.
   */
  taskToWatch(caller: Caller, id: string): Promise<Task> {
    return this.#taskOf(caller, id, () => {
      const looking = this.#looks.get(id) ?? this.#looking(() => this.client.task(id));
      this.#looks.set(id, looking);
      return looking.finally(() => this.#looks.delete(id));
    });
  }

  async #taskOf(caller: Caller, id: string, look: () => Promise<Task>): Promise<Task> {
    const absent = new NotFound(`there is no task ${id}`);
    if (!validate(id)) throw absent;
    const task = await look().catch((error: unknown) => {
      throw error instanceof NotFoundError ? absent : error;
    });
    const projectId = await this.#projectOf(task.instanceId);
    if (projectId === null || !sees(caller, projectId)) throw absent;
    return task;
  }

  async #projectOf(instanceId: string): Promise<string | null> {
    const known = this.#owners.get(instanceId);
    if (known !== undefined) return known;
    const projectId = await unlessNotFound(this.client.projectOf(instanceId));
    if (projectId !== null) this.#owners.set(instanceId, projectId);
    return projectId;
  }
}

/** How much of what is shown a caller sees. */
export const viewerOf = (caller: Caller): Viewer => (isAdmin(caller) ? viewers.admin : viewers.tenant);

/** Who asks for a task, as its record keeps it. */
export const submitterOf = (
  { userId, userName, projectId }: Caller,
  requestId: string,
): Required<Pick<SubmitOptions, 'actor' | 'userId' | 'projectId' | 'requestId'>> => ({
  actor: userName,
  userId,
  projectId,
  requestId,
});
