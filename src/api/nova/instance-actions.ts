/** `/servers/{id}/os-instance-actions`: what was asked of a server, and what became of it. A projection of its tasks. */
import { z } from 'zod';
import { isAdmin } from '../../authentication/caller.ts';
import { NotFoundError } from '../../client/errors.ts';
import type { InstanceAction, InstanceActionDetail, InstanceActionEvent } from '../../model/instance-action.ts';
import type { InstanceRecord } from '../../model/instance.ts';
import { finalVmState } from '../../model/states.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { BadRequest, NotFound } from '../http-error.ts';
import { knownServer } from './asking.ts';
import { parseQuery } from './complaint.ts';
import { serverNotFound } from './conflict.ts';
import type { Microversion } from './microversion.ts';
import { nextLink } from './next-link.ts';
import type { NovaContext } from './nova-context.ts';
import { dateTime, digits, once } from './parameters.ts';
import { hostIdOf } from './server-view.ts';
import { toMicroseconds } from './times.ts';

const byId = z.object({ id: z.string() });
const byRequest = byId.extend({ request: z.string() });

const since58 = z.strictObject({
  limit: once(digits).optional(),
  marker: once(z.string()).optional(),
  'changes-since': once(dateTime).optional(),
});
const since66 = since58.extend({ 'changes-before': once(dateTime).optional() });
type Paging = z.output<typeof since66>;

const mostRows = 1_000;

/** Adds its routes. */
export function addInstanceActions(api: Api, { reach }: NovaContext): void {
  const of = async (
    caller: ReturnType<typeof callerOf>,
    id: string,
    version: Microversion,
  ): Promise<InstanceRecord> => {
    const server = await knownServer(reach, caller, id);
    if (server.vmState === finalVmState && version < 21) throw serverNotFound(id);
    return server;
  };
  api.get('/servers/:id/os-instance-actions', { schema: { params: byId } }, async (request) => {
    const { microversion: version } = request;
    const server = await of(callerOf(request), request.params.id, version);
    const paging = parsePaging(request.query, version);
    const actions = await reach.client.instanceActions(server.id);
    const { rows, isFull } = page(actions, paging);
    const last = rows.at(-1);
    const path = `servers/${server.id}/os-instance-actions`;
    return {
      instanceActions: rows.map((action) => toAction(action, version)),
      ...(isFull && last !== undefined && { links: [nextLink(request, path, last.requestId)] }),
    };
  });
  api.get('/servers/:id/os-instance-actions/:request', { schema: { params: byRequest } }, async (request) => {
    const { microversion: version } = request;
    const caller = callerOf(request);
    const { id, request: requestId } = request.params;
    const server = await of(caller, id, version);
    const admin = isAdmin(caller);
    // Which hosts are the same is told to everybody, so hosts are read, and shown to admins only.
    const found = await reach.client.instanceAction(id, requestId, { admin: true }).catch((error: unknown) => {
      throw error instanceof NotFoundError ? new NotFound(`Action ${requestId} not found`) : error;
    });
    const events = eventsOf(found).map((event) => toEvent(event, server, { admin, version }));
    return { instanceAction: { ...toAction(found, version), ...((admin || version >= 51) && { events }) } };
  });
}

function parsePaging(query: unknown, version: Microversion): Paging {
  if (version < 58) return {};
  const paging: Paging = parseQuery(version >= 66 ? since66 : since58, query);
  const { 'changes-since': from, 'changes-before': to } = paging;
  if (from !== undefined && to !== undefined && from > to) {
    throw new BadRequest('The value of changes-since must be less than or equal to changes-before.');
  }
  return paging;
}

function page(actions: readonly InstanceAction[], paging: Paging) {
  const { limit = mostRows, marker, 'changes-since': from, 'changes-before': to } = paging;
  const index = marker === undefined ? -1 : actions.findIndex(({ requestId }) => requestId === marker);
  if (marker !== undefined && index < 0) throw new BadRequest(`Marker ${marker} could not be found.`);
  const fitting = actions
    .slice(index + 1)
    .filter(({ updatedAt }) => (from ?? updatedAt) <= updatedAt && (to ?? updatedAt) >= updatedAt);
  const most = Math.min(limit, mostRows);
  const rows = fitting.slice(0, most);
  return { rows, isFull: rows.length === most };
}

const toAction = (action: InstanceAction, version: Microversion) => ({
  action: wordOf(action.action),
  instance_uuid: action.instanceId,
  request_id: action.requestId,
  user_id: action.userId,
  project_id: action.projectId,
  start_time: toMicroseconds(action.startTime),
  message: action.message,
  ...(version >= 58 && { updated_at: toMicroseconds(action.updatedAt) }),
});

/** What Nova records some operations as. */
const words: Readonly<Record<string, string>> = {
  liveMigrate: 'live-migration',
  attachVolume: 'attach_volume',
  detachVolume: 'detach_volume',
  swapVolume: 'swap_volume',
  attachInterface: 'attach_interface',
  detachInterface: 'detach_interface',
  triggerCrashDump: 'trigger_crash_dump',
  softDelete: 'delete',
  forceDelete: 'delete',
};
const wordOf = (operation: string): string => words[operation] ?? operation;

/** When a create is scheduled, Nova has no action yet to note that with: only that it failed. */
const forgotten = 'conductor_schedule_and_build_instances';
/** Where Nova has the names of its conductors. */
const controlPlane = 'control';
/** What Nova's API does by itself. */
const ofApi: ReadonlySet<string> = new Set(['lock', 'unlock']);

function eventsOf({ action, startTime, updatedAt, events }: InstanceActionDetail): readonly InstanceActionEvent[] {
  if (!ofApi.has(action)) return events.filter(({ event, result }) => event !== forgotten || result !== 'Success');
  const nothing = { details: null, host: null, traceback: null, failedActivities: [] };
  return [{ event: `api_${action}`, startTime, finishTime: updatedAt, result: 'Success', ...nothing }];
}

function toEvent(
  { event, startTime, finishTime, result, details, host, traceback }: InstanceActionEvent,
  { projectId }: InstanceRecord,
  { admin, version }: { readonly admin: boolean; readonly version: Microversion },
) {
  const place = host ?? controlPlane;
  return {
    event,
    start_time: toMicroseconds(startTime),
    finish_time: finishTime && toMicroseconds(finishTime),
    result,
    ...(admin && { traceback }),
    ...(version >= 62 && { hostId: hostIdOf(projectId, place), ...(admin && { host: place }) }),
    ...(version >= 84 && admin && { details: details?.slice(0, 255) ?? null }),
  };
}
