/** What past tasks have taken, as far as it is known: helpful, never needed, and so never waited for twice. */
import type { Client } from '@temporalio/client';
import type { Durations } from '../model/durations.ts';
import { durationsWorkflowId } from '../model/task.ts';
import { durationsQuery } from '../../workflows/messages.ts';

/** How long an answer is good for. */
const freshMs = 60_000;
/** How long it is good for that there was none. */
const absentMs = 5_000;
/** Without a control worker there is no answer: a request must not wait for this one. */
const deadlineMs = 1_000;

/** What one client has been told. Asks again in the background: only the first who wants to know waits. */
class DurationsReader {
  readonly #client: Client;
  #known: Durations | null = null;
  #askedAt = -Infinity;
  #first: Promise<void> | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  async read(): Promise<Durations | null> {
    if (Date.now() - this.#askedAt > (this.#known === null ? absentMs : freshMs)) {
      this.#askedAt = Date.now();
      const asked = this.#ask();
      this.#first ??= asked;
    }
    await this.#first;
    return this.#known;
  }

  async #ask(): Promise<void> {
    const { connection, workflow } = this.#client;
    const request = () => workflow.getHandle(durationsWorkflowId).query(durationsQuery);
    // There may be none yet, or nobody to answer: what was known before is the best there is.
    this.#known = await connection.withDeadline(Date.now() + deadlineMs, request).catch(() => this.#known);
  }
}

const readers = new WeakMap<Client, DurationsReader>();

/** What past tasks have taken; null where nobody can say. At most a minute old, or as old as the request before. */
export function readDurations(client: Client): Promise<Durations | null> {
  const reader = readers.get(client) ?? new DurationsReader(client);
  readers.set(client, reader);
  return reader.read();
}
