import type { Api } from './application.ts';
import { versionsDocument } from './nova/versions.ts';
import { rootOf } from './root-url.ts';

const jsonHome = 'application/json-home';

/**
 * `GET /`. Whoever asks for JSON Home is told of the native API; all others of the versions of Nova's, which its clients
 * look for there without saying so.
 */
export function addRootDocument(api: Api, home: () => object): void {
  api.get('/', { config: { public: true }, schema: { hide: true } }, async (request, reply) => {
    void reply.header('vary', 'accept').header('link', `</>; rel="home"; type="${jsonHome}"`);
    if (request.headers.accept?.includes(jsonHome) !== true) return versionsDocument(rootOf(request));
    return reply.type(jsonHome).send(JSON.stringify(home()));
  });
}
