/** What is answered where nothing is: 404, or 405 where something else may be done. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api, ServedRoute } from './application.ts';
import { HttpError } from './http-error.ts';

/** Nova's has words of its own. */
const elsewhere = /^\/v2\.1(\/|$)/;

/** Refuses them before their bodies are looked at. `routes` are those of the whole application, in the end. */
export function refuseUnknownRoutes(api: Api, routes: readonly ServedRoute[]): void {
  const patterns = new Map<string, RegExp>();
  const patternOf = (path: string): RegExp => {
    const pattern = patterns.get(path) ?? new RegExp(`^${path.replace(/\*$/, '.*').replace(/:\w+/g, '[^/]+')}/?$`);
    patterns.set(path, pattern);
    return pattern;
  };
  const refuse = (request: FastifyRequest, reply: FastifyReply): never => {
    const [path = ''] = request.url.split('?');
    const allowed = routes.filter((route) => patternOf(route.path).test(path)).map(({ method }) => method);
    const said = `there is no ${request.method} ${path}`;
    if (allowed.length === 0) throw new HttpError(404, 'NOT_FOUND', said);
    const methods = [...new Set(allowed)].join(', ');
    void reply.header('allow', methods);
    throw new HttpError(405, 'METHOD_NOT_ALLOWED', `${said}, only ${methods}`);
  };
  api.addHook('onRequest', async (request, reply) => {
    if (request.is404 && !elsewhere.test(request.url)) refuse(request, reply);
  });
  api.setNotFoundHandler(refuse);
}
