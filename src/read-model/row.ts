/** A listed instance as a row of the table, and back. */
import { z } from 'zod';
import type { ListedInstance } from '../client/changes.ts';
import { instanceRowSchema } from '../client/rows.ts';
import { isPowerState, powerStates } from '../model/states.ts';
import type { InstanceColumns } from './tables.ts';

/** An instance as lists show it. */
export interface StoredInstance extends ListedInstance {
  readonly taskState: string | null;
}

/** What its running task does to it is written apart: see {@link InstanceColumns.task_state}. */
export const toRow = (listed: ListedInstance, sweep: number): Omit<InstanceColumns, 'task_state'> => ({
  id: listed.id,
  project_id: listed.projectId,
  user_id: listed.userId ?? '',
  name: listed.name,
  presence: listed.presence,
  vm_state: listed.vmState,
  power_state: isPowerState(listed.powerState) ? powerStates[listed.powerState] : powerStates.NOSTATE,
  host: listed.host,
  image: listed.image ?? '',
  flavor: listed.flavor?.name ?? '',
  vcpus: listed.flavor?.vcpus ?? 0,
  memory_mb: listed.flavor?.memoryMb ?? 0,
  created_at: listed.createdAt,
  updated_at: listed.updatedAt,
  launched_at: listed.launchedAt,
  terminated_at: listed.terminatedAt,
  description: listed.description,
  locked: listed.locked === null ? 0 : 1,
  locked_by: listed.locked?.by ?? null,
  hostname: listed.hostname ?? null,
  key_name: listed.keyName ?? null,
  config_drive: listed.hasConfigDrive === true ? 1 : 0,
  access_ip_v4: listed.accessIPv4 ?? null,
  access_ip_v6: listed.accessIPv6 ?? null,
  listed: JSON.stringify(listed),
  sweep,
});

/** The columns that {@link toRow} fills in. */
export const rowColumns = [
  'id',
  'project_id',
  'user_id',
  'name',
  'presence',
  'vm_state',
  'power_state',
  'host',
  'image',
  'flavor',
  'vcpus',
  'memory_mb',
  'created_at',
  'updated_at',
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
  'listed',
  'sweep',
] as const satisfies (keyof ReturnType<typeof toRow>)[];

const storedSchema = instanceRowSchema.extend({ presence: z.enum(['present', 'deleted', 'lost']) });

/** What {@link toRow} has written; null where another version of this program has. */
export function fromRow({
  listed,
  task_state: taskState,
}: Pick<InstanceColumns, 'listed' | 'task_state'>): StoredInstance | null {
  const instance = storedSchema.safeParse(JSON.parse(listed)).data;
  return instance === undefined ? null : { ...instance, taskState };
}
