/** `/servers/{id}/tags`, from 2.26 on. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { BadRequest, NotFound } from '../http-error.ts';
import { askFor, serverOf } from './asking.ts';
import { parseBody } from './complaint.ts';
import type { NovaContext } from './nova-context.ts';
import * as types from './parameters.ts';
import { since } from './since.ts';

const byId = z.object({ id: z.string() });
const byTag = byId.extend({ tag: z.string() });
const allTags = z.strictObject({ tags: types.tags });
const mostTags = 50;

/** Adds its routes. */
export function addTags(api: Api, context: NovaContext): void {
  const { reach } = context;
  const from = { onRequest: since(26) };
  const of = async (request: FastifyRequest, id: string) => {
    const server = await serverOf(reach, callerOf(request), id);
    return { server, tags: server.tags ?? [] };
  };
  const change = async (request: FastifyRequest, id: string, input: object) => {
    const { server } = await of(request, id);
    await askFor(reach, request, server, { word: 'update tags', operation: 'updateTags', input });
  };
  const expectTag = (tags: readonly string[], id: string, tag: string): void => {
    if (!tags.includes(tag)) throw new NotFound(`Instance ${id} has no tag '${tag}'`);
  };
  api.get('/servers/:id/tags', { ...from, schema: { params: byId } }, async (request) => ({
    tags: (await of(request, request.params.id)).tags,
  }));
  api.put('/servers/:id/tags', { ...from, schema: { params: byId } }, async (request) => {
    const set = [...new Set(parseBody(allTags, request.body).tags)];
    await change(request, request.params.id, { set });
    return { tags: (await reach.client.get(request.params.id)).tags ?? [] };
  });
  api.delete('/servers/:id/tags', { ...from, schema: { params: byId } }, async (request, reply) => {
    await change(request, request.params.id, { set: [] });
    return reply.code(204).send();
  });
  api.get('/servers/:id/tags/:tag', { ...from, schema: { params: byTag } }, async (request, reply) => {
    const { id, tag } = request.params;
    expectTag((await of(request, id)).tags, id, tag);
    return reply.code(204).send();
  });
  api.put('/servers/:id/tags/:tag', { ...from, schema: { params: byTag } }, async (request, reply) => {
    const { id } = request.params;
    const tag = parseBody(types.tag, request.params.tag);
    const { tags } = await of(request, id);
    if (tags.includes(tag)) return reply.code(204).send();
    if (tags.length >= mostTags) throw new BadRequest('The number of tags exceeded the per-server limit 50');
    await change(request, id, { add: [tag] });
    const { base } = await context.viewerOf(request);
    return reply.code(201).header('location', `${base}/servers/${id}/tags/${tag}`).send();
  });
  api.delete('/servers/:id/tags/:tag', { ...from, schema: { params: byTag } }, async (request, reply) => {
    const { id, tag } = request.params;
    expectTag((await of(request, id)).tags, id, tag);
    await change(request, id, { remove: [tag] });
    return reply.code(204).send();
  });
}
