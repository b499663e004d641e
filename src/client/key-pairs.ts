/** The key pairs of a user. */
import { randomInt } from 'node:crypto';
import { WithStartWorkflowOperation, WorkflowIdConflictPolicy, type Client } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { ServerKey } from '../model/config-drive.ts';
import { keyPairsWorkflowId, type KeyPair } from '../model/key-pair.ts';
import { addKeyPair, keyPairsQuery, removeKeyPair } from '../../workflows/messages.ts';
import type { keyPairs } from '../../workflows/key-pairs/key-pairs.ts';
import { InvalidInputError, NotFoundError } from './errors.ts';
import { call, query, unlessNotFound, update } from './gateway.ts';
import { fingerprintOfKey, newKeys } from './ssh-keys.ts';
import { controlTaskQueue } from './submit.ts';

/** What can be asked of one user's key pairs. */
export class KeyPairs {
  readonly #client: Client;
  readonly #userId: string;

  constructor(client: Client, userId: string) {
    this.#client = client;
    this.#userId = userId;
  }

  /** All of them, by name. */
  async list(): Promise<readonly KeyPair[]> {
    // There is a workflow only where there is a pair.
    return (await unlessNotFound(query(this.#client, keyPairsWorkflowId(this.#userId), keyPairsQuery))) ?? [];
  }

  /** Throws {@link NotFoundError}. */
  async get(name: string): Promise<KeyPair> {
    const found = (await this.list()).find((pair) => pair.name === name);
    if (found === undefined) throw new NotFoundError(`there is no key pair ${name} of ${this.#userId}`);
    return found;
  }

  /**
   * Keeps a public key under a name. Throws {@link InvalidInputError} for what is no public key, {@link KeyPairExistsError},
   * and a {@link RefusedError} where there are too many.
   */
  async import(name: string, publicKey: string): Promise<KeyPair> {
    const createdAt = new Date().toISOString();
    const fingerprint = fingerprintOfKey(publicKey);
    return this.#add({ id: randomInt(1, 2 ** 31), name, type: 'ssh', publicKey, fingerprint, createdAt });
  }

  /** Makes a pair. Its private half is in the answer and nowhere else. */
  async generate(name: string): Promise<KeyPair & { readonly privateKey: string }> {
    const { publicKey, privateKey } = await newKeys();
    return { ...(await this.import(name, publicKey)), privateKey };
  }

  /** Instances that were given it keep it. Throws {@link NotFoundError}. */
  async remove(name: string): Promise<void> {
    const pairs = await this.#lostPairs();
    if (pairs.length > 0) await this.#updateWithStart(removeKeyPair, name, pairs);
    else await update(this.#client, keyPairsWorkflowId(this.#userId), removeKeyPair, [name]);
  }

  async #add(pair: KeyPair): Promise<KeyPair> {
    return this.#updateWithStart(addKeyPair, pair, await this.#lostPairs());
  }

  /** What the last run knew where it was ended from outside: the next one goes on with it. */
  async #lostPairs(): Promise<readonly KeyPair[]> {
    const workflowId = keyPairsWorkflowId(this.#userId);
    const last = await unlessNotFound(
      call(this.#client, workflowId, () => this.#client.workflow.getHandle(workflowId).describe()),
    );
    return last === null || ['RUNNING', 'COMPLETED'].includes(last.status.name) ? [] : this.list();
  }

  /** Where no workflow runs, one is started with these pairs. */
  #updateWithStart<Answer, Argument>(
    definition: UpdateDefinition<Answer, [Argument]>,
    argument: Argument,
    pairs: readonly KeyPair[],
  ): Promise<Answer> {
    const workflowId = keyPairsWorkflowId(this.#userId);
    return call(this.#client, workflowId, () =>
      this.#client.workflow.executeUpdateWithStart(definition, {
        args: [argument],
        startWorkflowOperation: new WithStartWorkflowOperation<typeof keyPairs>('keyPairs', {
          workflowId,
          taskQueue: controlTaskQueue,
          args: [{ schemaVersion: 1, pairs }],
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          staticSummary: `key pairs of ${this.#userId}`,
        }),
      }),
    );
  }
}

/** The key that a name stands for, or that is written out. Throws {@link InvalidInputError} where the user has none of it. */
export async function serverKey(client: Client, userId: string, key: string | ServerKey): Promise<ServerKey> {
  if (typeof key !== 'string') return key;
  const found = (await new KeyPairs(client, userId).list()).find(({ name }) => name === key);
  if (found === undefined) {
    throw new InvalidInputError([{ path: 'key', message: `${userId} has no key pair "${key}"` }]);
  }
  const { name, type, publicKey } = found;
  return { name, type, publicKey };
}

/** An input that has been parsed, with the key that it names, if it names one. */
export async function withServerKey(client: Client, userId: string, input: unknown): Promise<unknown> {
  if (typeof input !== 'object' || input === null || !('key' in input) || typeof input.key !== 'string') return input;
  return { ...input, key: await serverKey(client, userId, input.key) };
}
