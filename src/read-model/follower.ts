/** Keeps the table as visibility has it. */
import { setTimeout as delay } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import type { ListedInstance } from '../client/changes.ts';
import { rowColumns, toRow } from './row.ts';
import { instancesTable, type Tables } from './tables.ts';

/** What is followed: {@link InstanceChanges} of the client. */
export interface InstanceSource {
  changedInstances(since: Date | null): AsyncIterable<readonly ListedInstance[]>;
  runningTaskStates(): Promise<ReadonlyMap<string, string | null>>;
}

/** Visibility may show an older change after a newer one, and clocks differ. */
const overlapMs = 10_000;
/** After this all is read anew: what has left visibility leaves here, too. */
const sweepEveryMs = 10 * 60_000;
/** Pauses between two readings, so that many lists at once do not exhaust visibility's rate limit. */
const pauseMs = 100;
/** PostgreSQL takes 65 535 parameters in a statement. */
const rowsPerStatement = 200;

export class Follower {
  readonly #source: InstanceSource;
  readonly #database: Kysely<Tables>;
  #newest: Date | null = null;
  #sweptAt = -Infinity;
  #lastStart = -Infinity;
  #underWay: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(source: InstanceSource, database: Kysely<Tables>) {
    this.#source = source;
    this.#database = database;
  }

  /**
   * Has the table show what visibility showed at the time of the call, or later. Calls that come while one reads share the
   * reading that follows it.
   */
  catchUp(): Promise<void> {
    if (this.#underWay === null) return this.#begin();
    return (this.#next ??= this.#underWay
      .catch(() => undefined)
      .then(() => {
        this.#next = null;
        return this.#begin();
      }));
  }

  #begin(): Promise<void> {
    const reading = this.#read().finally(() => {
      this.#underWay = null;
    });
    this.#underWay = reading;
    return reading;
  }

  async #read(): Promise<void> {
    const wait = this.#lastStart + pauseMs - performance.now();
    if (wait > 0) await delay(wait);
    this.#lastStart = performance.now();
    // What runs is asked for first: a task that ends meanwhile is then shown a moment longer, and not half ended.
    const running = await this.#source.runningTaskStates();
    if (performance.now() - this.#sweptAt > sweepEveryMs) await this.#sweep();
    else await this.#readChanges();
    await this.#noteRunning(running);
  }

  /** Reads everything, and removes what is there no more. */
  async #sweep(): Promise<void> {
    const begunAt = performance.now();
    const sweep = Date.now();
    await this.#store(null, sweep);
    await this.#database.deleteFrom(instancesTable).where('sweep', '<', sweep).execute();
    this.#sweptAt = begunAt;
  }

  async #readChanges(): Promise<void> {
    const since = this.#newest === null ? null : new Date(this.#newest.getTime() - overlapMs);
    await this.#store(since, Date.now());
  }

  async #store(since: Date | null, sweep: number): Promise<void> {
    for await (const page of this.#source.changedInstances(since)) {
      for (let at = 0; at < page.length; at += rowsPerStatement) {
        const rows = page.slice(at, at + rowsPerStatement).map((listed) => toRow(listed, sweep));
        await this.#database
          .insertInto(instancesTable)
          .values(rows.map((row) => ({ ...row, task_state: null })))
          // Should another process have read later and written sooner, the next reading mends it.
          .onConflict((conflict) => conflict.column('id').doUpdateSet(asInserted))
          .execute();
      }
      for (const { updatedAt } of page) this.#note(new Date(updatedAt));
    }
  }

  #note(time: Date): void {
    if (this.#newest === null || time > this.#newest) this.#newest = time;
  }

  async #noteRunning(running: ReadonlyMap<string, string | null>): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      await transaction
        .updateTable(instancesTable)
        .set({ task_state: null })
        .where('task_state', 'is not', null)
        .execute();
      for (const [id, taskState] of running) {
        if (taskState === null) continue;
        await transaction.updateTable(instancesTable).set({ task_state: taskState }).where('id', '=', id).execute();
      }
    });
  }
}

/** Every column but the key and the task_state, as the row has it that was to be inserted. */
const asInserted = Object.fromEntries(
  rowColumns.filter((column) => column !== 'id').map((column) => [column, sql.ref(`excluded.${column}`)]),
);
