/** Where the read model is kept: SQLite within the process, or a PostgreSQL that processes share. */
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import { createTables, type Tables } from './tables.ts';

/** The URL is none that the read model can be kept at. */
export class UnknownDatabase extends Error {
  override readonly name = 'UnknownDatabase';
}

/**
 * Opens what a URL stands for, `sqlite:FILE`, `sqlite::memory:` or `postgres://…`, with its tables. Throws
 * {@link UnknownDatabase}, and what the database throws that cannot be reached.
 */
export async function openDatabase(url: string): Promise<Kysely<Tables>> {
  const database = new Kysely<Tables>({ dialect: await dialectFor(url) });
  try {
    await createTables(database);
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return database;
}

async function dialectFor(url: string): Promise<SqliteDialect | PostgresDialect> {
  if (/^postgres(ql)?:\/\//.test(url)) {
    const { Pool } = (await import('pg')).default;
    return new PostgresDialect({ pool: new Pool({ connectionString: url, max: 5 }) });
  }
  const file = /^sqlite:(?<file>.+)$/.exec(url)?.groups?.['file'];
  if (file === undefined) throw new UnknownDatabase(`a database is sqlite:FILE or postgres://…, not "${url}"`);
  const { default: Database } = await import('libsql');
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  return new SqliteDialect({ database });
}
