import type { Api } from './application.ts';

const reading: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * A line of the log for each request: who asked for what, and what came of it. Those that may change something are the
 * audit trail. Headers and bodies are not in it, for they may hold secrets.
 */
export function logRequests(api: Api): void {
  api.addHook('onRequest', async ({ id }, reply) => {
    void reply.header('x-openstack-request-id', id);
  });
  api.addHook('onResponse', async (request, reply) => {
    const { id, method, ip, caller, routeOptions } = request;
    const line = {
      requestId: id,
      method,
      path: new URL(request.url, 'http://localhost').pathname,
      route: routeOptions.url ?? null,
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime),
      address: ip,
      user: caller?.userId ?? null,
      project: caller?.projectId ?? null,
    };
    if (reading.includes(method)) request.log.debug(line, 'request');
    else request.log.info({ ...line, audit: true }, 'request');
  });
}
