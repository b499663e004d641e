/** The tables of the read model, in what SQLite and PostgreSQL have in common. */
import type { Kysely, Selectable } from 'kysely';

/**
 * Its number is raised when its columns change: then processes of two versions may share a database, each with a table of
 * its own, which it fills by itself. What no process uses any more may be dropped.
 */
export const instancesTable = 'instances_2';

export interface InstancesTable {
  readonly id: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly name: string;
  readonly presence: 'present' | 'deleted' | 'lost';
  readonly vm_state: string;
  readonly task_state: string | null;
  /** Nova's number. */
  readonly power_state: number;
  readonly host: string | null;
  readonly image: string;
  readonly flavor: string;
  readonly vcpus: number;
  readonly memory_mb: number;
  /** ISO 8601, as all times. */
  readonly created_at: string;
  readonly updated_at: string;
  readonly launched_at: string | null;
  readonly terminated_at: string | null;
  readonly description: string | null;
  /** 1 or 0: SQLite has no booleans. */
  readonly locked: number;
  readonly locked_by: string | null;
  readonly hostname: string | null;
  readonly key_name: string | null;
  /** 1 or 0. */
  readonly config_drive: number;
  readonly access_ip_v4: string | null;
  readonly access_ip_v6: string | null;
  /** All that lists show, as JSON. */
  readonly listed: string;
  /** The newest sweep that has found it. */
  readonly sweep: number;
}

export interface Tables {
  readonly [instancesTable]: InstancesTable;
}

export type InstanceColumns = Selectable<InstancesTable>;
/** Those that lists are sorted by. */
export type SortColumn = Exclude<keyof InstanceColumns, 'listed' | 'sweep' | 'presence'>;

/** Makes what is not there yet. */
export async function createTables(database: Kysely<Tables>): Promise<void> {
  await database.schema
    .createTable(instancesTable)
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('project_id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('presence', 'text', (column) => column.notNull())
    .addColumn('vm_state', 'text', (column) => column.notNull())
    .addColumn('task_state', 'text')
    .addColumn('power_state', 'integer', (column) => column.notNull())
    .addColumn('host', 'text')
    .addColumn('image', 'text', (column) => column.notNull())
    .addColumn('flavor', 'text', (column) => column.notNull())
    .addColumn('vcpus', 'integer', (column) => column.notNull())
    .addColumn('memory_mb', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .addColumn('launched_at', 'text')
    .addColumn('terminated_at', 'text')
    .addColumn('description', 'text')
    .addColumn('locked', 'integer', (column) => column.notNull())
    .addColumn('locked_by', 'text')
    .addColumn('hostname', 'text')
    .addColumn('key_name', 'text')
    .addColumn('config_drive', 'integer', (column) => column.notNull())
    .addColumn('access_ip_v4', 'text')
    .addColumn('access_ip_v6', 'text')
    .addColumn('listed', 'text', (column) => column.notNull())
    .addColumn('sweep', 'bigint', (column) => column.notNull())
    .execute();
  const index = (name: string, columns: readonly (keyof InstancesTable)[]) =>
    database.schema
      .createIndex(`${instancesTable}_${name}`)
      .ifNotExists()
      .on(instancesTable)
      .columns([...columns])
      .execute();
  await index('by_project', ['project_id', 'created_at', 'id']);
  await index('by_creation', ['created_at', 'id']);
  await index('by_change', ['updated_at']);
}
