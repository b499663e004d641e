import type { FastifyRequest } from 'fastify';
import type { Api } from './application.ts';
import type { Caller } from '../authentication/caller.ts';
import { Unauthorized } from './http-error.ts';
import type { Authenticator } from '../authentication/authenticator.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; null on public routes only. */
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    /** Answers whoever asks. */
    readonly public?: boolean;
  }
}

/** Who calls. Throws {@link Unauthorized} where nobody had to say. */
export function callerOf({ caller }: Pick<FastifyRequest, 'caller'>): Caller {
  if (caller === null) throw new Unauthorized();
  return caller;
}

/** Has every request but those to public routes prove who it comes from, before anything else is looked at. */
export function authenticate(api: Api, authenticator: Authenticator): void {
  api.decorateRequest('caller', null);
  api.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.public === true) return;
    const token = tokenOf(request);
    request.caller = token === null ? null : await authenticator.authenticate(token);
    if (request.caller !== null) return;
    void reply.header('www-authenticate', 'Bearer realm="instance-tasks"');
    throw new Unauthorized();
  });
}

/** The token as OpenStack's clients send it, or as everybody else does. */
function tokenOf({ headers }: FastifyRequest): string | null {
  const { authorization, 'x-auth-token': ofOpenStack } = headers;
  if (typeof ofOpenStack === 'string') return ofOpenStack;
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;
}
