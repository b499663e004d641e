/** `POST /servers`: one server, or several at once. */
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../authentication/caller.ts';
import { isWithin } from '../network/addresses.ts';
import type { CatalogueNetwork } from '../../model/catalogue.ts';
import type { Task } from '../../model/task.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { BadRequest, HttpError } from '../http-error.ts';
import type { Quotas } from '../quotas.ts';
import { submitterOf, type Reach } from '../reach.ts';
import { keyOf } from './asking.ts';
import { parseBody } from './complaint.ts';
import { inNovasWords } from './conflict.ts';
import { createServerSchema, type NewServer } from './create-server.schema.ts';
import { keyNamed, toGuestConfig } from './guest-config.ts';
import type { NovaContext } from './nova-context.ts';
import { findFlavor, findImage } from './offers.ts';
import { expectMayRequest } from './policy-words.ts';
import { linksOf, reservationOf } from './server-view.ts';
import { unsupported } from './unsupported.ts';

/** Adds its route. */
export function addCreateServer(api: Api, context: NovaContext, quotas: Quotas): void {
  const { reach } = context;
  api.post('/servers', async (request, reply) => {
    const caller = callerOf(request);
    const { server } = parseBody(createServerSchema(request.microversion), request.body);
    const count = countOf(server);
    const input = await toInput(reach, caller, server, count);
    expectMayRequest(caller, 'create', input, null);
    const sizes = Array.from({ length: count }, () => input.size);
    const { idempotencyKey } = keyOf(request, 'create 0');
    if (await reach.isNew(caller.projectId, idempotencyKey)) await quotas.expectRoom(caller.projectId, sizes);
    const adminPass = server.adminPass ?? context.passwords.generate(request, 'create');
    const tasks = await createAll(reach, request, { ...input, ...(adminPass !== null && { adminPass }) }, count);
    void reply.code(202);
    if (server.return_reservation_id === true) return { reservation_id: reservationOf(request.id) };
    const [first] = tasks;
    if (first === undefined) throw new BadRequest('max_count must be at least 1');
    const viewer = await context.viewerOf(request);
    void reply.header('location', `${viewer.base}/servers/${first.instanceId}`);
    return {
      server: {
        id: first.instanceId,
        links: linksOf(first.instanceId, viewer),
        security_groups: [{ name: 'default' }],
        'OS-DCF:diskConfig': server['OS-DCF:diskConfig'] ?? 'MANUAL',
        ...(adminPass !== null && { adminPass }),
      },
    };
  });
}

function countOf({ min_count: min, max_count: max }: NewServer): number {
  const least = min ?? 1;
  const most = max ?? Math.max(least, 1);
  if (least > most) throw new BadRequest('min_count must be <= max_count');
  return most;
}

/** What create takes, and the size for the quota. Throws {@link BadRequest}. */
async function toInput(reach: Reach, caller: Caller, server: NewServer, count: number) {
  const { catalogue } = reach.client;
  refuseUnsupported(server);
  if (server.hostname !== undefined && count > 1) {
    throw new BadRequest('Unable to allocate a single hostname to multiple instances');
  }
  const networks = networksOf(reach, server);
  const flavor = findFlavor(catalogue, server.flavorRef);
  if (server.imageRef === undefined || server.imageRef === '') throw new BadRequest('Missing imageRef attribute');
  const image = await findImage(reach, caller, server.imageRef);
  if (image === null) throw new BadRequest('Can not find requested image');
  image.expectFit(flavor);
  const { name, description, tags, metadata, key_name: keyName } = server;
  const key = isGiven(keyName) ? await keyNamed(reach, caller, keyName) : null;
  if (metadata !== undefined && Object.keys(metadata).length > mostMetadata) {
    throw new HttpError(403, 'QUOTA_EXCEEDED', `Maximum number of metadata items exceeds ${mostMetadata}`);
  }
  return {
    size: flavor,
    name,
    flavor: flavor.name,
    image: image.reference,
    ...(networks.length > 0 && { networks }),
    ...hostOf(server),
    ...toGuestConfig(server),
    ...(key !== null && { key }),
    ...(description !== undefined && { description }),
    ...(tags !== undefined && { tags }),
    ...(metadata !== undefined && { metadata }),
  };
}

const mostMetadata = 128;

/** An admin may name the host: as such, or behind the zone. */
function hostOf({ availability_zone: zone = 'nova', host, hypervisor_hostname: node }: NewServer) {
  const [name, ...places] = zone.split(':');
  if (name !== 'nova') throw new BadRequest('The requested availability zone is not available');
  const named = host ?? node ?? places.find((place) => place !== '');
  return named === undefined ? {} : { host: named };
}

/** What the server is to be plugged into; left to us, as older versions leave it, that is the first network there is. */
function networksOf({ client }: Reach, { networks = 'auto' }: NewServer) {
  const known = client.catalogue.networks ?? [];
  if (networks === 'none') return [];
  if (networks === 'auto') return known.slice(0, 1).map(({ name }) => ({ network: name }));
  return networks.map(({ uuid, port, fixed_ip: fixedIp }) => {
    if (isGiven(port)) throw new BadRequest(`Port id ${port} could not be found.`);
    const network = known.find(({ id }) => id === uuid);
    if (network === undefined) throw new BadRequest(`Network ${uuid ?? ''} could not be found.`);
    expectWithin(fixedIp, network);
    return { network: network.name, ...(fixedIp !== undefined && { fixedIp }) };
  });
}

/** Throws {@link BadRequest} for an address that the network does not have. */
export function expectWithin(address: string | undefined, { subnet }: CatalogueNetwork): void {
  if (address === undefined || isWithin(address, subnet)) return;
  throw new BadRequest(`Fixed IP address ${address} is not a valid ip address for network ${subnet}`);
}

function refuseUnsupported(server: NewServer): void {
  const devices = [...(server.block_device_mapping ?? []), ...(server.block_device_mapping_v2 ?? [])];
  const fromImage = devices.every(
    (device) => device['source_type'] === 'image' && device['destination_type'] !== 'volume',
  );
  if (!fromImage)
    throw unsupported('block_device_mapping_v2', 'disks are made of the image; volumes are attached later');
  if (isGiven(server.trusted_image_certificates)) {
    throw unsupported('trusted_image_certificates', 'images are not signed');
  }
  const groups = server.security_groups ?? [];
  const unknown = groups.find(({ name }) => name !== 'default');
  if (unknown !== undefined) throw new BadRequest(`Security group ${unknown.name} not found.`);
}

/** All of them, or none: a request that fails half way is repeated by its key. */
async function createAll(
  { client }: Reach,
  request: FastifyRequest,
  { size: _size, name, ...input }: Awaited<ReturnType<typeof toInput>> & { readonly adminPass?: string },
  count: number,
): Promise<Task[]> {
  const numbers = Array.from({ length: count }, (_none, index) => index + 1);
  const submitter = submitterOf(callerOf(request), request.id);
  const wanted = numbers.map((number) => ({ ...input, name: count === 1 ? name : `${name}-${number}` }));
  for (const each of wanted) await client.checkNew(each).catch(sayInNovasWords);
  return Promise.all(
    wanted.map((each, index) => client.create(each, { ...submitter, ...keyOf(request, `create ${index}`) })),
  );
}

function sayInNovasWords(error: unknown): never {
  throw inNovasWords(error, 'create', null);
}

const isGiven = <Value>(value: Value): value is NonNullable<Value> => value !== undefined && value !== null;
