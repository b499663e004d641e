import { z } from 'zod';
import type { Api } from '../application.ts';
import { BadRequest } from '../http-error.ts';
import {
  isVersion,
  oldest,
  olderVersionHeader,
  parseVersion,
  requestedVersion,
  versionHeader,
  type Microversion,
} from './microversion.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of Nova's API; the oldest on routes of other faces. */
    microversion: Microversion;
    /** What paths of Nova's begin with in this request: with its project where the client has named it there. */
    novaBase: string;
  }
}

/** Has every request speak one version, and every answer say which and carry Nova's own request id. */
export function negotiate(api: Api): void {
  api.decorateRequest('microversion', oldest);
  api.addHook('onRequest', async (request, reply) => {
    const word = requestedVersion(request.headers);
    void reply.header('x-compute-request-id', request.id);
    if (isVersion(word)) {
      void reply
        .header(versionHeader, `compute ${word}`)
        .header(olderVersionHeader, word)
        .header('vary', `${versionHeader}, ${olderVersionHeader}`);
    }
    request.microversion = parseVersion(word);
  });
}

const projectInPath = z.object({ project_id: z.string() });

/** Has links begin as the request does, and the project in the path be that of the token. Throws {@link BadRequest}. */
export function expectOwnProject(api: Api): void {
  api.decorateRequest('novaBase', '/v2.1');
  api.addHook('onRequest', async (request) => {
    const named = projectInPath.safeParse(request.params).data?.project_id;
    if (named === undefined || request.caller === null || request.is404) return;
    const { projectId } = request.caller;
    if (named !== projectId) {
      throw new BadRequest(
        `Malformed request URL: URL's project_id '${named}' doesn't match Context's project_id '${projectId}'`,
      );
    }
    request.novaBase = `/v2.1/${named}`;
  });
}
