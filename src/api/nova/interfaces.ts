/** `/servers/{id}/os-interface`. */
import { z } from 'zod';
import { addressOf } from '../network/addresses.ts';
import type { NetworkInterface } from '../../model/attachments.ts';
import { findByNameOrId } from '../../model/catalogue.ts';
import type { InstanceRecord } from '../../model/instance.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { BadRequest, HttpError, NotFound } from '../http-error.ts';
import { askFor, serverOf } from './asking.ts';
import { parseBody } from './complaint.ts';
import { expectWithin } from './create-server.ts';
import type { NovaContext } from './nova-context.ts';
import * as types from './parameters.ts';

const byId = z.object({ id: z.string() });
const byPort = byId.extend({ port: z.string() });
const newInterface = z
  .strictObject({
    interfaceAttachment: z.strictObject({
      net_id: types.uuid.optional(),
      port_id: types.uuid.optional(),
      fixed_ips: z
        .array(z.strictObject({ ip_address: z.union([z.ipv4(), z.ipv6()]) }))
        .length(1)
        .optional(),
      tag: types.tag.optional(),
    }),
  })
  .nullish();

/** Nova waits for its host here; so long, in milliseconds. */
const patienceMs = 60_000;

/** Adds its routes. */
export function addInterfaces(api: Api, { reach }: NovaContext): void {
  const networks = () => reach.client.catalogue.networks ?? [];
  const view = (each: NetworkInterface, version: number) => ({
    net_id: findByNameOrId(networks(), each.network)?.id ?? each.network,
    port_id: each.port,
    mac_addr: each.mac,
    port_state: 'ACTIVE',
    fixed_ips: [addressOf(each, networks())]
      .filter((address) => address !== null)
      .map((address) => ({ ip_address: address, subnet_id: '' })),
    ...(version >= 70 && { tag: null }),
  });
  const path = '/servers/:id/os-interface';
  api.get(path, { schema: { params: byId } }, async (request) => {
    const { interfaces = [] } = await serverOf(reach, callerOf(request), request.params.id);
    return { interfaceAttachments: interfaces.map((each) => view(each, request.microversion)) };
  });
  api.get(`${path}/:port`, { schema: { params: byPort } }, async (request) => {
    const server = await serverOf(reach, callerOf(request), request.params.id);
    return { interfaceAttachment: view(find(server, request.params.port), request.microversion) };
  });
  api.post(path, { schema: { params: byId } }, async (request) => {
    const {
      net_id: netId,
      port_id: port,
      fixed_ips: ips,
    } = parseBody(newInterface, request.body)?.interfaceAttachment ?? {};
    if (netId !== undefined && port !== undefined) throw new BadRequest('Must not input both network_id and port_id');
    if (port !== undefined) throw new BadRequest(`Port ${port} could not be found.`);
    const network = netId === undefined ? networks()[0] : networks().find(({ id }) => id === netId);
    if (network === undefined)
      throw new BadRequest(netId === undefined ? 'No network is there' : `Network ${netId} could not be found.`);
    const server = await serverOf(reach, callerOf(request), request.params.id);
    const fixedIp = ips?.[0]?.ip_address;
    expectWithin(fixedIp, network);
    const input = { network: network.name, ...(fixedIp !== undefined && { fixedIp }) };
    const task = await askFor(reach, request, server, {
      word: 'attach_interface',
      operation: 'attachInterface',
      input,
    });
    const ended = await reach.client.waitFor(task, AbortSignal.timeout(patienceMs));
    if (ended.status !== 'COMPLETED') {
      throw new HttpError(500, 'INTERNAL_ERROR', ended.fault?.message ?? 'the interface was not attached');
    }
    const known = new Set((server.interfaces ?? []).map((each) => each.port));
    const attached = ((await reach.client.get(server.id)).interfaces ?? []).find((each) => !known.has(each.port));
    if (attached === undefined) throw new NotFound('the interface was detached again at once');
    return { interfaceAttachment: view(attached, request.microversion) };
  });
  api.delete(`${path}/:port`, { schema: { params: byPort } }, async (request, reply) => {
    const server = await serverOf(reach, callerOf(request), request.params.id);
    const { port } = find(server, request.params.port);
    await askFor(reach, request, server, { word: 'detach_interface', operation: 'detachInterface', input: { port } });
    return reply.code(202).send();
  });
}

function find({ interfaces = [] }: InstanceRecord, port: string): NetworkInterface {
  const found = interfaces.find((each) => each.port === port);
  if (found === undefined) throw new NotFound(`Port id ${port} could not be found.`);
  return found;
}
