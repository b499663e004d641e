/** Tasks that bring a server to another place, as Nova's migrations. */
import type { Item, Task } from '../../model/task.ts';
import { toMicroseconds } from './times.ts';

const types = {
  resize: 'resize',
  migrate: 'migration',
  liveMigrate: 'live-migration',
  evacuate: 'evacuation',
} as const;
type Moving = keyof typeof types;

/** The operations that are migrations. */
export const movingOperations: readonly Moving[] = ['resize', 'migrate', 'liveMigrate', 'evacuate'];

const isMoving = (operation: string): operation is Moving => Object.hasOwn(types, operation);

/** Whether a task is a migration. */
export const isMigration = ({ operation }: Pick<Task, 'operation'>): boolean => isMoving(operation);

/** Nova numbers migrations: this is the same number for the same task, and fits into what JavaScript counts with. */
export const migrationNumber = (taskId: string): number => parseInt(taskId.replaceAll('-', '').slice(0, 13), 16);

/** What a migration is shown from: a task, or what a list has of one. */
export interface MigratingTask extends Pick<Task, 'id' | 'operation' | 'instanceId' | 'createdAt' | 'endedAt'> {
  readonly status: string;
  readonly items?: readonly Item[];
  readonly userId?: string | null;
  readonly projectId?: string | null;
}

const statuses: Readonly<Record<string, string>> = {
  QUEUED: 'queued',
  RUNNING: 'running',
  PAUSED: 'running',
  CANCELLING: 'running',
  COMPLETED: 'completed',
  CANCELLED: 'cancelled',
};

/** As `/os-migrations` lists it. */
export function toMigration(task: MigratingTask, version: number) {
  const { id, operation, instanceId, createdAt, endedAt, status, items = [] } = task;
  const { source, dest } = hostsOf(items);
  return {
    id: migrationNumber(id),
    instance_uuid: instanceId,
    status: statuses[status] ?? 'error',
    source_compute: source,
    source_node: source,
    dest_compute: dest,
    dest_node: dest,
    dest_host: null,
    old_instance_type_id: null,
    new_instance_type_id: null,
    created_at: toMicroseconds(createdAt),
    updated_at: toMicroseconds(endedAt ?? createdAt),
    ...(version >= 23 && { migration_type: isMoving(operation) ? types[operation] : operation, links: [] }),
    ...(version >= 59 && { uuid: id }),
    ...(version >= 80 && { user_id: task.userId ?? null, project_id: task.projectId ?? null }),
  };
}

/** Units that are done where the server leaves. */
const leaving: ReadonlySet<string> = new Set(['shutDownGuest', 'powerOffGuest', 'copyDisk', 'liveMigrateGuest']);

/** As far as the task has come to them. */
function hostsOf(items: readonly Item[]): { readonly source: string | null; readonly dest: string | null } {
  const source = items.find(({ unit, direction }) => direction === 'run' && leaving.has(unit))?.host ?? null;
  const dest = items.find(({ host }) => host !== null && host !== source)?.host ?? null;
  return { source, dest };
}

/** As the migrations of a server that are under way. */
export function toLiveMigration(task: Task, version: number) {
  const {
    instance_uuid,
    migration_type: _type,
    links: _links,
    old_instance_type_id: _old,
    ...rest
  } = {
    migration_type: null,
    links: [],
    ...toMigration(task, version),
  };
  const { new_instance_type_id: _new, ...shown } = rest;
  const unknown = { total_bytes: null, processed_bytes: null, remaining_bytes: null };
  return { ...shown, server_uuid: instance_uuid, ...named('memory', unknown), ...named('disk', unknown) };
}

const named = (prefix: string, values: object) =>
  Object.fromEntries(Object.entries(values).map(([key, value]: [string, unknown]) => [`${prefix}_${key}`, value]));
