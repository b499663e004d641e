/** What a list of servers was asked for, as a question to the read model. */
import { RE2JS } from 're2js';
import { isAdmin, type Caller } from '../../authentication/caller.ts';
import { addressOf } from '../network/addresses.ts';
import { findByNameOrId } from '../../model/catalogue.ts';
import { powerStates } from '../../model/states.ts';
import type { InstanceQuery, SortKey } from '../../read-model/instance-query.ts';
import type { StoredInstance } from '../../read-model/row.ts';
import type { SortColumn } from '../../read-model/tables.ts';
import type { Catalogue } from '../../client/input.ts';
import { BadRequest, Forbidden } from '../http-error.ts';
import type { ServersParameters, ServerSortKey } from './list-servers.schema.ts';
import type { Microversion } from './microversion.ts';
import { forbiddenByPolicy } from './policy-words.ts';
import { statesShownAs } from './server-status.ts';

/** Nova's `[api]max_limit`. */
const mostRows = 1_000;
/** Details of one page: beyond this the page ends and its link leads on. */
const mostBytes = 8 * 1024 * 1024;

export interface Asking {
  readonly caller: Caller;
  readonly version: Microversion;
  readonly catalogue: Catalogue;
}

/** The query; null for one that nothing fits. Throws {@link BadRequest} and {@link Forbidden}. */
export function toInstanceQuery(parameters: ServersParameters, asking: Asking): InstanceQuery | null {
  const { caller, version } = asking;
  const changedSince = parameters['changes-since']?.[0];
  const changedBefore = parameters['changes-before']?.[0];
  if (changedSince !== undefined && changedBefore !== undefined && changedSince > changedBefore) {
    throw new BadRequest('The value of changes-since must be less than or equal to changes-before.');
  }
  const states = toStates(parameters, caller, version);
  if (states === null) return null;
  const among = { ...toColumns(parameters, asking), ...states };
  if (Object.values(among).some((values) => values.length === 0)) return null;
  const marker = parameters.marker?.[0];
  return {
    ...whose(parameters, caller),
    deleted: deletedOf(parameters, caller, changedSince !== undefined || changedBefore !== undefined),
    among,
    ...(changedSince !== undefined && { changedSince }),
    ...(changedBefore !== undefined && { changedBefore }),
    matches: toPredicate(parameters, asking),
    sort: toSort(parameters, caller),
    ...(marker !== undefined && { marker }),
    limit: Math.min(parameters.limit?.[0] ?? mostRows, mostRows),
    maxBytes: mostBytes,
  };
}

const isTrue = (values: readonly string[] | undefined): boolean =>
  values !== undefined && ['', '1', 't', 'true', 'on', 'y', 'yes'].includes((values[0] ?? '').toLowerCase());

function whose(parameters: ServersParameters, caller: Caller): Pick<InstanceQuery, 'projectId'> {
  if (!isTrue(parameters.all_tenants)) return { projectId: caller.projectId };
  if (!isAdmin(caller)) throw forbiddenByPolicy('servers:index:get_all_tenants');
  const projectId = (parameters.project_id ?? parameters.tenant_id)?.[0];
  return projectId === undefined ? {} : { projectId };
}

function deletedOf(
  { deleted, status }: ServersParameters,
  caller: Caller,
  isByChange: boolean,
): NonNullable<InstanceQuery['deleted']> {
  const asksForDeleted = isTrue(deleted) || status?.some((word) => word.toUpperCase() === 'DELETED') === true;
  if (isAdmin(caller) && asksForDeleted) return true;
  // Who asks for changes wants to hear of those that are gone.
  return isByChange ? 'both' : false;
}

/** Null where no server can be in such a state. */
function toStates({ status }: ServersParameters, caller: Caller, version: Microversion): InstanceQuery['among'] | null {
  if (status === undefined) return {};
  if (status.some((word) => word.toUpperCase() === 'DELETED') && !isAdmin(caller)) {
    throw new Forbidden('Only administrators may list deleted instances');
  }
  const states = statesShownAs(status);
  if (states === null && version >= 38) throw new BadRequest('Invalid status value');
  if (states === null) return null;
  return { vm_state: states.vmStates, ...(states.taskStates !== null && { task_state: states.taskStates }) };
}

const none = (word: string): string | null => (word.toLowerCase() === 'none' || word === '' ? null : word);

/** Filters that everybody may use; the others are dropped for all but admins, as Nova does. */
function toColumns(
  parameters: ServersParameters,
  { caller, version, catalogue }: Asking,
): NonNullable<InstanceQuery['among']> {
  const { image, flavor, locked, reserved } = parameters;
  return {
    ...(image !== undefined && { image: namesOf(catalogue.images, image) }),
    ...(flavor !== undefined && { flavor: namesOf(catalogue.flavors, flavor) }),
    ...(locked !== undefined && { locked: [isTrue(locked) ? 1 : 0] }),
    ...(reserved !== undefined && { id: reserved }),
    ...((version >= 83 || isAdmin(caller)) && forMost(parameters)),
    // A filter for everybody since then.
    ...((version >= 90 || isAdmin(caller)) && parameters.hostname !== undefined && { hostname: parameters.hostname }),
    ...(isAdmin(caller) && forAdmins(parameters)),
  };
}

/** Rows have names. */
const namesOf = (offers: readonly { readonly id: string; readonly name: string }[], refs: readonly string[]) =>
  refs.map((ref) => findByNameOrId(offers, ref)?.name ?? ref);

const forMost = (parameters: ServersParameters) => {
  const { vm_state, task_state, power_state, user_id, key_name, config_drive, access_ip_v4, access_ip_v6 } = parameters;
  return {
    ...(vm_state !== undefined && { vm_state }),
    ...(task_state !== undefined && { task_state: task_state.map(none) }),
    ...(power_state !== undefined && { power_state: power_state.map(toPowerState) }),
    ...(user_id !== undefined && { user_id }),
    ...(key_name !== undefined && { key_name: key_name.map(none) }),
    ...(config_drive !== undefined && { config_drive: [isTrue(config_drive) ? 1 : 0] }),
    ...(access_ip_v4 !== undefined && { access_ip_v4: access_ip_v4.map(none) }),
    ...(access_ip_v6 !== undefined && { access_ip_v6: access_ip_v6.map(none) }),
  };
};

function forAdmins({ host, node, uuid, description, locked_by }: ServersParameters) {
  const on = host ?? node;
  return {
    ...(on !== undefined && { host: on.map(none) }),
    ...(uuid !== undefined && { id: uuid }),
    ...(description !== undefined && { description: description.map(none) }),
    ...(locked_by !== undefined && { locked_by: locked_by.map(none) }),
  };
}

/** Nova takes its numbers, and its words for them. */
function toPowerState(word: string): number {
  const byName = Object.entries(powerStates).find(([name]) => name === word.toUpperCase())?.[1];
  return byName ?? (/^\d+$/.test(word) ? Number(word) : -1);
}

const split = (lists: readonly string[] | undefined): readonly string[] | null =>
  lists === undefined ? null : lists.flatMap((list) => list.split(','));

/** What columns do not say: names by regular expression, in time that grows with the name only; addresses; tags. */
function toPredicate(
  parameters: ServersParameters,
  { catalogue: { networks = [] } }: Asking,
): (instance: StoredInstance) => boolean {
  const name = toPattern('name', parameters.name);
  const ip = toPattern('ip', parameters.ip ?? parameters.ip6);
  const [all, any] = [split(parameters.tags), split(parameters['tags-any'])];
  const [notAll, notAny] = [split(parameters['not-tags']), split(parameters['not-tags-any'])];
  return ({ name: own, interfaces, tags }) =>
    (name === null || name.matcher(own).find()) &&
    (ip === null || interfaces.some((each) => ip.matcher(addressOf(each, networks) ?? '').find())) &&
    (all === null || all.every((tag) => tags.includes(tag))) &&
    (any === null || any.some((tag) => tags.includes(tag))) &&
    !(notAll?.every((tag) => tags.includes(tag)) ?? false) &&
    !(notAny?.some((tag) => tags.includes(tag)) ?? false);
}

function toPattern(key: string, values: readonly string[] | undefined): RE2JS | null {
  const [source] = values ?? [];
  if (source === undefined || source === '') return null;
  try {
    return RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
  } catch {
    throw new BadRequest(`Invalid filter ${key}: "${source}" is no regular expression`);
  }
}

const columns: Readonly<Partial<Record<ServerSortKey, SortColumn>>> = {
  access_ip_v4: 'access_ip_v4',
  access_ip_v6: 'access_ip_v6',
  config_drive: 'config_drive',
  created_at: 'created_at',
  display_description: 'description',
  display_name: 'name',
  host: 'host',
  hostname: 'hostname',
  image_ref: 'image',
  instance_type_id: 'flavor',
  key_name: 'key_name',
  launched_at: 'launched_at',
  locked: 'locked',
  locked_by: 'locked_by',
  node: 'host',
  power_state: 'power_state',
  project_id: 'project_id',
  task_state: 'task_state',
  terminated_at: 'terminated_at',
  updated_at: 'updated_at',
  user_id: 'user_id',
  uuid: 'id',
  vm_state: 'vm_state',
};

/** As Nova: keys without a direction are as the last that has one; by default the newest come first. */
function toSort({ sort_key: keys = [], sort_dir: directions = [] }: ServersParameters, caller: Caller): SortKey[] {
  if (!isAdmin(caller) && keys.some((key) => key === 'host' || key === 'node')) {
    throw forbiddenByPolicy('servers:allow_all_filters');
  }
  const parsed = directions.map(toDirection);
  if (parsed.length > Math.max(keys.length, 1)) {
    throw new BadRequest('Invalid input received: Sort direction size exceeds sort key size');
  }
  const chosen = keys.map((key, index) => ({ key, direction: parsed[index] ?? parsed.at(-1) ?? 'desc' }));
  const sort = chosen.flatMap(({ key, direction }) => {
    const column = columns[key];
    return column === undefined ? [] : [{ column, direction }];
  });
  const last = sort.at(-1)?.direction ?? parsed[0] ?? 'desc';
  return sort.some(({ column }) => column === 'created_at')
    ? sort
    : [...sort, { column: 'created_at', direction: last }];
}

function toDirection(word: string): 'asc' | 'desc' {
  if (word === 'asc' || word === 'desc') return word;
  throw new BadRequest("Invalid input received: Unknown sort direction, must be 'desc' or 'asc'");
}
