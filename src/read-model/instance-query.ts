/** Lists of instances, as the read model answers them: filtered, sorted, and from a marker on. */
import { sql, type ExpressionBuilder, type Kysely, type SqlBool, type Expression } from 'kysely';
import { fromRow, type StoredInstance } from './row.ts';
import { instancesTable, type InstanceColumns, type SortColumn, type Tables } from './tables.ts';

export interface SortKey {
  readonly column: SortColumn;
  readonly direction: 'asc' | 'desc';
}

type EqualColumn = Exclude<SortColumn, 'created_at' | 'updated_at'>;

export interface InstanceQuery {
  readonly projectId?: string;
  /** Deleted instances instead of those that are there, or both. */
  readonly deleted?: boolean | 'both';
  /** One of these values each. */
  readonly among?: { readonly [Column in EqualColumn]?: readonly (string | number | null)[] };
  /** Those only that a task is changing. */
  readonly isBusy?: boolean;
  readonly changedSince?: string;
  readonly changedBefore?: string;
  /** What no column says. */
  readonly matches?: (instance: StoredInstance) => boolean;
  /** The id always comes last, in the direction of the key before it. */
  readonly sort: readonly SortKey[];
  /** The id of the last instance of the page before. */
  readonly marker?: string;
  readonly limit: number;
  /** A page ends when it has become larger than this, as JSON. */
  readonly maxBytes: number;
}

/** The marker of a query is no instance. */
export class UnknownMarker extends Error {
  override readonly name = 'UnknownMarker';
}

export interface InstancePage {
  readonly instances: readonly StoredInstance[];
  /** Whether it ended because it was full. */
  readonly isFull: boolean;
}

const rowsPerReading = 500;

/** Answers a query. Throws {@link UnknownMarker}. */
export async function queryInstances(database: Kysely<Tables>, query: InstanceQuery): Promise<InstancePage> {
  const sort = withId(query.sort);
  const instances: StoredInstance[] = [];
  let bytes = 0;
  let after = query.marker === undefined ? null : await readMarker(database, query.marker);
  while (instances.length < query.limit) {
    const rows = await read(database, query, sort, after);
    for (const row of rows) {
      const instance = fromRow(row);
      if (instance === null || query.matches?.(instance) === false) continue;
      bytes += row.listed.length;
      instances.push(instance);
      if (instances.length >= query.limit || bytes > query.maxBytes) return { instances, isFull: true };
    }
    if (rows.length < rowsPerReading) break;
    after = rows.at(-1) ?? null;
  }
  return { instances, isFull: false };
}

const withId = (sort: readonly SortKey[]): readonly SortKey[] =>
  sort.some(({ column }) => column === 'id')
    ? sort
    : [...sort, { column: 'id', direction: sort.at(-1)?.direction ?? 'desc' }];

async function readMarker(database: Kysely<Tables>, id: string): Promise<InstanceColumns> {
  const row = await database.selectFrom(instancesTable).selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new UnknownMarker(id);
  return row;
}

function read(
  database: Kysely<Tables>,
  query: InstanceQuery,
  sort: readonly SortKey[],
  after: InstanceColumns | null,
): Promise<InstanceColumns[]> {
  const { projectId, deleted = false, among = {}, changedSince, changedBefore } = query;
  let selection = database.selectFrom(instancesTable).selectAll().limit(rowsPerReading);
  if (projectId !== undefined) selection = selection.where('project_id', '=', projectId);
  if (deleted !== 'both') selection = selection.where('presence', '=', deleted ? 'deleted' : 'present');
  else selection = selection.where('presence', 'in', ['present', 'deleted']);
  if (query.isBusy === true) selection = selection.where('task_state', 'is not', null);
  if (changedSince !== undefined) selection = selection.where('updated_at', '>=', changedSince);
  if (changedBefore !== undefined) selection = selection.where('updated_at', '<=', changedBefore);
  for (const [column, values] of entriesOf(among)) {
    selection = selection.where((builder) => isAmong(builder, column, values));
  }
  if (after !== null) selection = selection.where((builder) => comesAfter(builder, sort, after));
  for (const { column, direction } of sort) selection = selection.orderBy(comparable(column), direction);
  return selection.execute();
}

type Builder = ExpressionBuilder<Tables, typeof instancesTable>;

const equalColumns: readonly EqualColumn[] = [
  'id',
  'project_id',
  'user_id',
  'name',
  'vm_state',
  'task_state',
  'power_state',
  'host',
  'image',
  'flavor',
  'vcpus',
  'memory_mb',
  'launched_at',
  'terminated_at',
  'description',
  'locked',
  'locked_by',
  'hostname',
  'key_name',
  'config_drive',
  'access_ip_v4',
  'access_ip_v6',
];
const entriesOf = (among: NonNullable<InstanceQuery['among']>) =>
  equalColumns.flatMap((column): [EqualColumn, readonly (string | number | null)[]][] => {
    const values = among[column];
    return values === undefined ? [] : [[column, values]];
  });

function isAmong(builder: Builder, column: EqualColumn, values: readonly (string | number | null)[]) {
  const known = values.filter((value) => value !== null);
  return builder.or([
    ...(known.length === 0 ? [] : [sql<SqlBool>`${sql.ref(column)} in (${sql.join(known)})`]),
    ...(known.length === values.length ? [] : [builder(column, 'is', null)]),
  ]);
}

const numbers: ReadonlySet<SortColumn> = new Set(['power_state', 'vcpus', 'memory_mb', 'locked', 'config_drive']);

/** What is null sorts as if it were empty: the two databases disagree on where else. */
const comparable = (column: SortColumn): Expression<string | number> =>
  numbers.has(column) ? sql<number>`${sql.ref(column)}` : sql<string>`coalesce(${sql.ref(column)}, '')`;

/** Rows behind that one in the order: greater in some key, and equal in those before it. */
function comesAfter(builder: Builder, sort: readonly SortKey[], row: InstanceColumns): Expression<SqlBool> {
  const valueOf = (column: SortColumn) => row[column] ?? '';
  return builder.or(
    sort.map(({ column, direction }, index) =>
      builder.and([
        ...sort.slice(0, index).map((key) => sql<SqlBool>`${comparable(key.column)} = ${valueOf(key.column)}`),
        direction === 'asc'
          ? sql<SqlBool>`${comparable(column)} > ${valueOf(column)}`
          : sql<SqlBool>`${comparable(column)} < ${valueOf(column)}`,
      ]),
    ),
  );
}
