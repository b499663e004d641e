/** As much of Identity v3 as an ordinary `clouds.yaml` needs. */
import type { FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { answerErrors } from '../answer-errors.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { isAdmin } from '../../authentication/caller.ts';
import { Forbidden, NotFound } from '../http-error.ts';
import { rootOf } from '../root-url.ts';
import { authRequestSchema } from './auth-request.schema.ts';
import { catalogAt, representProject, representToken, versionAt } from './representation.ts';
import { signIn, type IdentityProviders } from './sign-in.ts';

const open = { public: true } as const;

/** Adds its routes, below `/v3`. */
export async function addIdentityApi(api: Api, providers: IdentityProviders): Promise<void> {
  await api.register(async (scope: Api) => {
    answerErrors(scope, ({ statusCode: code, message }) => ({ error: { code, message, title: STATUS_CODES[code] } }));
    scope.get('/v3', { config: open }, async (request) => ({ version: versionAt(rootOf(request)) }));
    addTokens(scope, providers);
    addProjects(scope, providers);
  });
}

function addTokens(api: Api, providers: IdentityProviders): void {
  api.post('/v3/auth/tokens', { config: open, schema: { body: authRequestSchema } }, async (request, reply) => {
    const issued = await signIn(providers, request.body.auth);
    return reply
      .code(201)
      .header('x-subject-token', issued.token)
      .send(representToken(issued, rootOf(request)));
  });
  api.get('/v3/auth/tokens', async (request, reply) => {
    const subject = request.headers['x-subject-token'];
    const read = typeof subject === 'string' ? await providers.tokens.read(subject) : null;
    if (read === null) throw new NotFound('there is no such token');
    const caller = callerOf(request);
    if (read.caller.userId !== caller.userId && !isAdmin(caller)) throw new Forbidden('that is not your token');
    return reply.header('x-subject-token', subject).send(representToken(read, rootOf(request)));
  });
  api.get('/v3/auth/catalog', async (request) => ({ catalog: catalogAt(rootOf(request)), links: {} }));
}

function addProjects(api: Api, { identities }: IdentityProviders): void {
  const own = (request: FastifyRequest) => identities.projectsOf(callerOf(request).userId);
  const visible = (request: FastifyRequest) => (isAdmin(callerOf(request)) ? identities.projects : own(request));
  api.get('/v3/auth/projects', async (request) => ({
    projects: own(request).map((project) => representProject(project, rootOf(request))),
    links: {},
  }));
  api.get<{ Querystring: { name?: string } }>('/v3/projects', async (request) => ({
    projects: visible(request)
      .filter(({ name }) => request.query.name === undefined || request.query.name === name)
      .map((project) => representProject(project, rootOf(request))),
    links: {},
  }));
  api.get<{ Params: { id: string } }>('/v3/projects/:id', async (request) => {
    const project = visible(request).find(({ id }) => id === request.params.id);
    if (project === undefined) throw new NotFound(`Could not find project: ${request.params.id}.`);
    return { project: representProject(project, rootOf(request)) };
  });
}
