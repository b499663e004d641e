/** `GET /servers` and `GET /servers/detail`. */
import type { FastifyRequest } from 'fastify';
import { validate } from 'uuid';
import { UnknownMarker } from '../../read-model/instance-query.ts';
import type { StoredInstance } from '../../read-model/row.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { BadRequest } from '../http-error.ts';
import { parseServersQuery, type ServersParameters } from './list-servers.schema.ts';
import { nextLink } from './next-link.ts';
import type { NovaContext } from './nova-context.ts';
import { toServer, toServerReference } from './server-view.ts';
import { toInstanceQuery } from './servers-query.ts';
import { shownListed } from './shown-server.ts';

/** Adds its routes. */
export function addServerLists(api: Api, context: NovaContext): void {
  api.get('/servers', async (request) => {
    const { instances, links } = await find(context, request, 'servers');
    const viewer = await context.viewerOf(request);
    return { servers: instances.map((instance) => toServerReference(instance, viewer)), ...links };
  });
  api.get('/servers/detail', async (request) => {
    const { instances, links } = await find(context, request, 'servers/detail');
    const viewer = await context.viewerOf(request, { isList: true });
    return { servers: instances.map((instance) => toServer(shownListed(instance), viewer)), ...links };
  });
}

interface Found {
  readonly instances: readonly StoredInstance[];
  readonly links: { readonly servers_links?: readonly { readonly rel: 'next'; readonly href: string }[] };
}

async function find(context: NovaContext, request: FastifyRequest, path: string): Promise<Found> {
  const { reach, readModel } = context;
  const parameters = parseServersQuery(request.query, request.microversion);
  const query = toInstanceQuery(await withoutReservation(context, parameters), {
    caller: callerOf(request),
    version: request.microversion,
    catalogue: reach.client.catalogue,
  });
  if (query === null) return { instances: [], links: {} };
  const { instances, isFull } = await readModel.instances(query).catch((error: unknown) => {
    throw error instanceof UnknownMarker ? new BadRequest(`marker [${error.message}] not found`) : error;
  });
  const last = instances.at(-1);
  const next = isFull && last !== undefined ? nextLink(request, path, last.id) : null;
  return { instances, links: next === null ? {} : { servers_links: [next] } };
}

/** A reservation is the request that asked for all its servers: those are looked for by their ids. */
async function withoutReservation({ reach }: NovaContext, parameters: ServersParameters): Promise<ServersParameters> {
  const reservation = parameters.reservation_id?.[0];
  if (reservation === undefined) return parameters;
  const requestId = reservation.replace(/^r-/, 'req-');
  const { rows } = validate(requestId.slice('req-'.length))
    ? await reach.client.listTasks({ requestId, operation: 'create', limit: 1_000 })
    : { rows: [] };
  return { ...parameters, reserved: rows.map(({ instanceId }) => instanceId) };
}
