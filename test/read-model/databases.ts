/** The databases that the read model may be kept in, each new and in the memory of the process. */
import { PGlite } from '@electric-sql/pglite';
import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely';
import { inMemory } from '../../src/read-model/database-url.ts';
import { openDatabase } from '../../src/read-model/database.ts';
import { createTables, type Tables } from '../../src/read-model/tables.ts';

/** PostgreSQL itself, without its server: one connection, which all share. */
class Engine implements Driver, DatabaseConnection {
  readonly #engine = PGlite.create();
  #busy: Promise<unknown> = Promise.resolve();
  #release: () => void = () => undefined;

  async init(): Promise<void> {
    await this.#engine;
  }
  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#busy;
    let release: () => void = () => undefined;
    this.#busy = new Promise<void>((resolve) => {
      release = resolve;
    });
    await before;
    this.#release = release;
    return this;
  }
  async releaseConnection(): Promise<void> {
    this.#release();
  }
  async executeQuery<Row>({ sql, parameters }: Pick<CompiledQuery, 'sql' | 'parameters'>): Promise<QueryResult<Row>> {
    const { rows } = await (await this.#engine).query<Row>(sql, [...parameters]);
    return { rows };
  }
  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query);
  }
  async beginTransaction(): Promise<void> {
    await this.executeQuery({ sql: 'begin', parameters: [] });
  }
  async commitTransaction(): Promise<void> {
    await this.executeQuery({ sql: 'commit', parameters: [] });
  }
  async rollbackTransaction(): Promise<void> {
    await this.executeQuery({ sql: 'rollback', parameters: [] });
  }
  async destroy(): Promise<void> {
    await (await this.#engine).close();
  }
}

async function postgres(): Promise<Kysely<Tables>> {
  const database = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new Engine(),
      createIntrospector: (engine) => new PostgresIntrospector(engine),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  await createTables(database);
  return database;
}

export const databases = [
  { name: 'SQLite', open: () => openDatabase(inMemory) },
  { name: 'PostgreSQL', open: postgres },
] as const;
