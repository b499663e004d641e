/** What lists of servers may be asked with: Nova's schema of the query, by version. */
import { z } from 'zod';
import { parseQuery, toParameters } from './complaint.ts';
import type { Microversion } from './microversion.ts';
import { dateTime, digits } from './parameters.ts';

const words = z.array(z.string());
const times = z.array(dateTime);

const sortKeys = [
  'access_ip_v4',
  'access_ip_v6',
  'auto_disk_config',
  'availability_zone',
  'config_drive',
  'created_at',
  'display_description',
  'display_name',
  'host',
  'hostname',
  'image_ref',
  'instance_type_id',
  'kernel_id',
  'key_name',
  'launch_index',
  'launched_at',
  'locked',
  'locked_by',
  'node',
  'power_state',
  'progress',
  'project_id',
  'ramdisk_id',
  'root_device_name',
  'task_state',
  'terminated_at',
  'updated_at',
  'user_id',
  'uuid',
  'vm_state',
] as const;
export type ServerSortKey = (typeof sortKeys)[number];

const filters = {
  limit: z.array(digits).optional(),
  marker: words.optional(),
  sort_dir: words.optional(),
  all_tenants: words.optional(),
  name: words.optional(),
  status: words.optional(),
  image: words.optional(),
  flavor: words.optional(),
  ip: words.optional(),
  ip6: words.optional(),
  reservation_id: words.optional(),
  'changes-since': times.optional(),
  // For admins, and for everybody in later versions: see `servers-query.ts`.
  vm_state: words.optional(),
  task_state: words.optional(),
  power_state: words.optional(),
  user_id: words.optional(),
  project_id: words.optional(),
  tenant_id: words.optional(),
  host: words.optional(),
  node: words.optional(),
  uuid: words.optional(),
  deleted: words.optional(),
  soft_deleted: words.optional(),
  hostname: words.optional(),
  description: words.optional(),
  locked_by: words.optional(),
  access_ip_v4: words.optional(),
  access_ip_v6: words.optional(),
  config_drive: words.optional(),
  key_name: words.optional(),
  // These are the same for all servers here.
  auto_disk_config: words.optional(),
  availability_zone: words.optional(),
  created_at: words.optional(),
  launched_at: words.optional(),
  terminated_at: words.optional(),
  kernel_id: words.optional(),
  launch_index: words.optional(),
  progress: words.optional(),
  ramdisk_id: words.optional(),
  root_device_name: words.optional(),
} as const;

const tagFilters = {
  tags: words.optional(),
  'tags-any': words.optional(),
  'not-tags': words.optional(),
  'not-tags-any': words.optional(),
} as const;

const all = z.object({
  ...filters,
  ...tagFilters,
  'changes-before': times.optional(),
  locked: words.optional(),
  sort_key: z.array(z.enum(sortKeys)).optional(),
});
export interface ServersParameters extends z.output<typeof all> {
  /** The ids that a reservation stands for. */
  readonly reserved?: readonly string[];
}

const strict = all.strict();
const before73 = all.extend({ sort_key: z.array(z.enum(sortKeys.filter((key) => key !== 'locked'))).optional() });

/** The parameters as that version knows them; unknown ones are ignored up to 2.74. Throws {@link BadRequest}. */
export function parseServersQuery(query: unknown, version: Microversion): ServersParameters {
  if (version >= 75) return parseQuery(strict, query);
  const notYet = Object.entries(sinceVersion).flatMap(([key, since]) => (version < since ? [key] : []));
  const known = Object.entries(toParameters(query)).filter(([key]) => !notYet.includes(key));
  return parseQuery(version >= 73 ? all : before73, Object.fromEntries(known));
}

const sinceVersion = {
  ip6: 5,
  tags: 26,
  'tags-any': 26,
  'not-tags': 26,
  'not-tags-any': 26,
  'changes-before': 66,
  locked: 73,
} as const satisfies Partial<Record<keyof ServersParameters, Microversion>>;
