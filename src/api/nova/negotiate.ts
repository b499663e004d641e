import type { Api } from '../application.ts';
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
