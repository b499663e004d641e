/** `/servers/{id}/metadata`. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { callerOf } from '../authenticate.ts';
import type { Api } from '../application.ts';
import { BadRequest, NotFound } from '../http-error.ts';
import { askFor, serverOf } from './asking.ts';
import { parseBody } from './complaint.ts';
import type { NovaContext } from './nova-context.ts';
import * as types from './parameters.ts';
import { repr } from './python-words.ts';

const byId = z.object({ id: z.string() });
const byKey = byId.extend({ key: z.string() });
const manyItems = z.strictObject({ metadata: types.metadata });
const oneItem = z.strictObject({
  meta: types.metadata.superRefine((items, context) => {
    const count = Object.keys(items).length;
    if (count === 1) return;
    const words = count === 0 ? 'does not have enough properties' : 'has too many properties';
    context.addIssue({ code: 'custom', message: `${repr(items)} ${words}` });
  }),
});

/** Adds its routes. */
export function addMetadata(api: Api, { reach }: NovaContext): void {
  const of = async (request: FastifyRequest, id: string) => serverOf(reach, callerOf(request), id);
  const change = async (
    request: FastifyRequest,
    id: string,
    input: object,
  ): Promise<Readonly<Record<string, string>>> => {
    const server = await of(request, id);
    await askFor(reach, request, server, { word: 'update metadata', operation: 'updateMetadata', input });
    return (await reach.client.get(id)).metadata ?? {};
  };
  api.get('/servers/:id/metadata', { schema: { params: byId } }, async (request) => ({
    metadata: (await of(request, request.params.id)).metadata ?? {},
  }));
  for (const [method, replace] of [
    ['POST', false],
    ['PUT', true],
  ] as const) {
    api.route({
      method,
      url: '/servers/:id/metadata',
      schema: { params: byId },
      handler: async (request) => {
        const { metadata } = parseBody(manyItems, request.body);
        return { metadata: await change(request, byId.parse(request.params).id, { metadata, replace }) };
      },
    });
  }
  api.get('/servers/:id/metadata/:key', { schema: { params: byKey } }, async (request) => {
    const { id, key } = request.params;
    return { meta: { [key]: valueOf(await of(request, id), key) } };
  });
  api.put('/servers/:id/metadata/:key', { schema: { params: byKey } }, async (request) => {
    const { id, key } = request.params;
    const { meta } = parseBody(oneItem, request.body);
    if (!(key in meta)) throw new BadRequest('Request body and URI mismatch');
    await change(request, id, { metadata: meta });
    return { meta };
  });
  api.delete('/servers/:id/metadata/:key', { schema: { params: byKey } }, async (request, reply) => {
    const { id, key } = request.params;
    valueOf(await of(request, id), key);
    await change(request, id, { metadata: { [key]: null } });
    return reply.code(204).send();
  });
}

function valueOf({ metadata = {} }: { readonly metadata?: Readonly<Record<string, string>> }, key: string): string {
  const value = metadata[key];
  if (value === undefined) throw new NotFound('Metadata item was not found');
  return value;
}
