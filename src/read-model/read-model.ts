/** A copy of what visibility has, for questions that visibility cannot answer. Never the truth, and made anew at any time. */
import type { Kysely } from 'kysely';
import { openDatabase } from './database.ts';
import { Follower, type InstanceSource } from './follower.ts';
import { queryInstances, type InstancePage, type InstanceQuery } from './instance-query.ts';
import { instancesTable, type Tables } from './tables.ts';

/** What the instances of a project take. */
export interface Usage {
  readonly instances: number;
  readonly vcpus: number;
  readonly memoryMb: number;
}

export class ReadModel {
  readonly #database: Kysely<Tables>;
  readonly #follower: Follower;

  /** Over a database that has the tables. */
  constructor(source: InstanceSource, database: Kysely<Tables>) {
    this.#database = database;
    this.#follower = new Follower(source, database);
  }

  /** Over the database of that URL. Throws what {@link openDatabase} throws. */
  static async open(source: InstanceSource, url: string): Promise<ReadModel> {
    return new ReadModel(source, await openDatabase(url));
  }

  /** Instances as visibility shows them now. Throws {@link UnknownMarker}. */
  async instances(query: InstanceQuery): Promise<InstancePage> {
    await this.#follower.catchUp();
    return queryInstances(this.#database, query);
  }

  /** Those of these instances that are there. */
  async present(ids: readonly string[]): Promise<ReadonlySet<string>> {
    await this.#follower.catchUp();
    if (ids.length === 0) return new Set();
    const rows = await this.#database
      .selectFrom(instancesTable)
      .select('id')
      .where('id', 'in', [...new Set(ids)])
      .where('presence', '=', 'present')
      .execute();
    return new Set(rows.map(({ id }) => id));
  }

  async usage(projectId: string): Promise<Usage> {
    await this.#follower.catchUp();
    const { fn } = this.#database;
    const row = await this.#database
      .selectFrom(instancesTable)
      .select([fn.countAll().as('instances'), fn.sum('vcpus').as('vcpus'), fn.sum('memory_mb').as('memory')])
      .where('project_id', '=', projectId)
      .where('presence', '=', 'present')
      .executeTakeFirstOrThrow();
    return { instances: Number(row.instances), vcpus: Number(row.vcpus), memoryMb: Number(row.memory) };
  }

  close(): Promise<void> {
    return this.#database.destroy();
  }
}
