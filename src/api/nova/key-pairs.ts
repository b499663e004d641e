/** `/os-keypairs`: the caller's, and for admins those of any user. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isAdmin } from '../../authentication/caller.ts';
import { InvalidInputError, KeyPairExistsError, NotFoundError, RefusedError } from '../../client/errors.ts';
import type { KeyPairs } from '../../client/index.ts';
import type { KeyPair } from '../../model/key-pair.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { BadRequest, Forbidden, HttpError, NotFound } from '../http-error.ts';
import { parseBody, parseQuery } from './complaint.ts';
import { keyPairsQuerySchema, newKeyPairSchema } from './key-pairs.schema.ts';
import { nextLink } from './next-link.ts';
import type { NovaContext } from './nova-context.ts';
import { forbiddenByPolicy } from './policy-words.ts';
import { toMicroseconds } from './times.ts';

const byName = z.object({ name: z.string() });
const mostRows = 1_000;

/** Adds its routes. */
export function addKeyPairs(api: Api, context: NovaContext): void {
  addReading(api, context);
  api.post('/os-keypairs', async (request, reply) => {
    const { microversion: version } = request;
    const { keypair } = parseBody(newKeyPairSchema(version), request.body);
    const { name, type, public_key: publicKey, user_id: user } = keypair;
    const { userId, keyPairs } = whose(context, request, 'create', user);
    if (type === 'x509') {
      throw new BadRequest(
        'Keypair data is invalid: the type x509 is not taken here, guests are given keys of SSH only',
      );
    }
    const made = publicKey === undefined ? keyPairs.generate(name) : keyPairs.import(name, publicKey);
    const pair = await made.catch((error: unknown) => {
      throw inNovasWords(error, name, userId);
    });
    return reply.code(version >= 2 ? 201 : 200).send({
      keypair: {
        ...toListed(pair, version),
        user_id: userId,
        ...('privateKey' in pair && { private_key: pair.privateKey }),
      },
    });
  });
  api.delete('/os-keypairs/:name', { schema: { params: byName } }, async (request, reply) => {
    const { name } = request.params;
    const { userId, keyPairs } = whose(context, request, 'delete', queryOf(request, 'one').user_id?.[0]);
    await keyPairs.remove(name).catch((error: unknown) => {
      throw inNovasWords(error, name, userId);
    });
    return reply.code(request.microversion >= 2 ? 204 : 202).send();
  });
}

function addReading(api: Api, context: NovaContext): void {
  api.get('/os-keypairs', async (request) => {
    const { user_id: user, limit, marker } = queryOf(request, 'all');
    const all = await whose(context, request, 'index', user?.[0]).keyPairs.list();
    const index = marker === undefined ? -1 : all.findIndex(({ name }) => name === marker[0]);
    if (marker !== undefined && index < 0) throw new BadRequest(`Marker ${marker[0] ?? ''} could not be found.`);
    const most = Math.min(limit?.[0] ?? mostRows, mostRows);
    const page = all.slice(index + 1, index + 1 + most);
    const last = page.at(-1);
    return {
      keypairs: page.map((pair) => ({ keypair: toListed(pair, request.microversion) })),
      ...(limit !== undefined &&
        page.length === most &&
        last !== undefined && { keypairs_links: [nextLink(request, 'os-keypairs', last.name)] }),
    };
  });
  api.get('/os-keypairs/:name', { schema: { params: byName } }, async (request) => {
    const { name } = request.params;
    const { userId, keyPairs } = whose(context, request, 'show', queryOf(request, 'one').user_id?.[0]);
    const pair = await keyPairs.get(name).catch((error: unknown) => {
      throw inNovasWords(error, name, userId);
    });
    return {
      keypair: {
        ...toListed(pair, request.microversion),
        user_id: userId,
        id: pair.id,
        created_at: toMicroseconds(pair.createdAt),
        deleted: false,
        deleted_at: null,
        updated_at: null,
      },
    };
  });
}

const queryOf = ({ query, microversion }: FastifyRequest, of: 'all' | 'one') =>
  parseQuery(keyPairsQuerySchema(microversion, of), query);

/** Whose key pairs are meant. Throws {@link Forbidden} where they are another's. */
function whose(
  { reach }: NovaContext,
  request: FastifyRequest,
  rule: string,
  user: string | undefined,
): { readonly userId: string; readonly keyPairs: KeyPairs } {
  const caller = callerOf(request);
  const userId = user ?? caller.userId;
  if (userId !== caller.userId && !isAdmin(caller)) throw forbiddenByPolicy(`os-keypairs:${rule}`);
  return { userId, keyPairs: reach.client.keyPairs(userId) };
}

function inNovasWords(error: unknown, name: string, userId: string): unknown {
  if (error instanceof NotFoundError) return new NotFound(`Keypair ${name} not found for user ${userId}`);
  if (error instanceof KeyPairExistsError) return new HttpError(409, 'REFUSED', `Key pair '${name}' already exists.`);
  if (error instanceof RefusedError) return new Forbidden('Quota exceeded, too many key pairs.');
  if (error instanceof InvalidInputError) {
    return new BadRequest('Keypair data is invalid: failed to generate fingerprint');
  }
  return error;
}

const toListed = ({ name, publicKey, fingerprint, type }: KeyPair, version: number) => ({
  name,
  public_key: publicKey,
  fingerprint,
  ...(version >= 2 && { type }),
});
