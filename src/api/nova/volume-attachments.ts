/** `/servers/{id}/os-volume_attachments`. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { nextDevice, type VolumeAttachment } from '../../model/attachments.ts';
import type { InstanceRecord } from '../../model/instance.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { BadRequest, NotFound } from '../http-error.ts';
import { askFor, serverOf } from './asking.ts';
import { parseBody } from './complaint.ts';
import type { NovaContext } from './nova-context.ts';
import * as types from './parameters.ts';

const byId = z.object({ id: z.string() });
const byVolume = byId.extend({ volume: z.string() });
const paging = z.object({
  limit: z.coerce.number().int().min(0).default(1_000),
  offset: z.coerce.number().int().min(0).default(0),
});
const newAttachment = z.strictObject({
  volumeAttachment: z.strictObject({
    volumeId: types.uuid,
    device: z.string().nullish(),
    tag: types.tag.optional(),
    delete_on_termination: types.boolean.optional(),
  }),
});
const changedAttachment = z.strictObject({
  volumeAttachment: z.strictObject({
    volumeId: types.uuid,
    device: z.string().nullish(),
    tag: types.tag.nullish(),
    delete_on_termination: types.boolean.optional(),
    serverId: types.uuid.optional(),
    id: types.uuid.optional(),
  }),
});

/** Adds its routes. */
export function addVolumeAttachments(api: Api, { reach }: NovaContext): void {
  const of = async (request: FastifyRequest, id: string) => serverOf(reach, callerOf(request), id);
  const path = '/servers/:id/os-volume_attachments';
  api.get(path, { schema: { params: byId, querystring: paging } }, async (request) => {
    const { limit, offset } = request.query;
    const server = await of(request, request.params.id);
    const volumes = (server.volumes ?? []).slice(offset, offset + limit);
    return { volumeAttachments: volumes.map((volume) => toAttachment(volume, server, request.microversion)) };
  });
  api.get(`${path}/:volume`, { schema: { params: byVolume } }, async (request) => {
    const server = await of(request, request.params.id);
    const attached = find(server, request.params.volume);
    return { volumeAttachment: toAttachment(attached, server, request.microversion) };
  });
  api.post(path, { schema: { params: byId } }, async (request) => {
    const {
      volumeId: volume,
      device,
      delete_on_termination: deletes,
    } = parseBody(newAttachment, request.body).volumeAttachment;
    if (deletes === true)
      throw new BadRequest('delete_on_termination is not taken here: volumes outlive their servers');
    const server = await of(request, request.params.id);
    const chosen = device ?? nextDevice(server);
    const input = { volume, ...(chosen !== null && { device: chosen }) };
    await askFor(reach, request, server, { word: 'attach_volume', operation: 'attachVolume', input });
    return { volumeAttachment: toAttachment({ volume, device: chosen ?? '' }, server, request.microversion) };
  });
  api.put(`${path}/:volume`, { schema: { params: byVolume } }, async (request, reply) => {
    const { volumeId: toVolume } = parseBody(changedAttachment, request.body).volumeAttachment;
    const server = await of(request, request.params.id);
    const { volume } = find(server, request.params.volume);
    if (toVolume !== volume) {
      await askFor(reach, request, server, {
        word: 'swap_volume',
        operation: 'swapVolume',
        input: { volume, toVolume },
      });
    }
    return reply.code(202).send();
  });
  api.delete(`${path}/:volume`, { schema: { params: byVolume } }, async (request, reply) => {
    const server = await of(request, request.params.id);
    const { volume } = find(server, request.params.volume);
    await askFor(reach, request, server, { word: 'detach_volume', operation: 'detachVolume', input: { volume } });
    return reply.code(202).send();
  });
}

function find({ id, volumes = [] }: InstanceRecord, volume: string): VolumeAttachment {
  const attached = volumes.find((each) => each.volume === volume);
  if (attached === undefined) throw new NotFound(`Instance ${id} is not attached with volume ${volume}`);
  return attached;
}

const toAttachment = ({ volume, device }: VolumeAttachment, { id: serverId }: InstanceRecord, version: number) => ({
  // Up to 2.88 the attachment has an id of its own name; it is that of the volume.
  ...(version < 89 && { id: volume }),
  serverId,
  volumeId: volume,
  device,
  ...(version >= 70 && { tag: null }),
  ...(version >= 79 && { delete_on_termination: false }),
  ...(version >= 89 && { attachment_id: null, bdm_uuid: volume }),
});
