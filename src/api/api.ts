/** The HTTP API: one application with several faces. */
import fastify, { LogController, type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify';
import rateLimit from '@fastify/rate-limit';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { InstanceTasks } from '../client/client.ts';
import type { Api, ServedRoute } from './application.ts';
import { newRequestId } from '../client/ids.ts';
import { authenticate } from './authenticate.ts';
import type { Authenticator } from '../authentication/authenticator.ts';
import { addHealth } from './health.ts';
import { addIdentityApi } from './identity/identity-api.ts';
import type { IdentityProviders } from './identity/sign-in.ts';
import { readJsonBodies } from './json-bodies.ts';
import { logRequests } from './log-requests.ts';
import { addMetrics } from './metrics.ts';
import { addNativeApi } from './native/native-api.ts';
import { addImageApi } from './image/image-api.ts';
import { addNetworkApi } from './network/network-api.ts';
import { NovaContext } from './nova/nova-context.ts';
import { addNovaApi } from './nova/nova-api.ts';
import { Quotas } from './quotas.ts';
import type { QuotaSettings } from '../model/quota.ts';
import type { SecretKeys } from '../secrets/secret-keys.ts';
import type { ReadModel } from '../read-model/read-model.ts';
import { problemMediaType, toProblem } from './problem.ts';
import { Reach } from './reach.ts';
import { refuseUnknownRoutes } from './unknown-routes.ts';
import { addRootDocument } from './root-document.ts';
import { toHttpError } from './to-http-error.ts';

export interface ApiSettings {
  readonly client: InstanceTasks;
  readonly readModel: ReadModel;
  readonly quotas: QuotaSettings;
  readonly secretKeys: SecretKeys;
  readonly authenticator: Authenticator;
  readonly logger: FastifyBaseLogger;
  /** Requests a minute of one user, or of one address that has not proved to be anybody. */
  readonly requestsPerMinute: number;
  readonly bodyLimitBytes: number;
  /** Where users and projects are kept here; null where all tokens come from a provider. */
  readonly identity: IdentityProviders | null;
  /** In PEM; null for plain HTTP. */
  readonly https: { readonly cert: string; readonly key: string } | null;
}

/** Makes the application, with all its routes; it does not listen yet. */
export async function buildApi(
  settings: ApiSettings,
): Promise<{ readonly api: Api; readonly routes: readonly ServedRoute[] }> {
  const { client, readModel, secretKeys, authenticator, logger, requestsPerMinute, bodyLimitBytes, identity, https } =
    settings;
  const api: Api = fastify({
    loggerInstance: logger,
    https,
    logController: new LogController({ disableRequestLogging: true }),
    // Clients use one request id for several calls: it is a label, and not theirs to choose.
    genReqId: newRequestId,
    requestIdHeader: false,
    bodyLimit: bodyLimitBytes,
    routerOptions: { ignoreTrailingSlash: true },
    // Addresses that are none, before any route is looked for.
    frameworkErrors: (error, request, reply) => void answerWithProblem(error, request, reply),
    // What a client has sent is answered before the process ends; what it keeps open is closed.
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>();
  const routes: ServedRoute[] = [];
  api.addHook('onRoute', ({ method: methods, url: path }) => {
    for (const method of [methods].flat()) routes.push({ method, path });
  });
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  api.setErrorHandler(answerWithProblem);
  readJsonBodies(api, 'application/json');
  logRequests(api);
  authenticate(api, authenticator);
  refuseUnknownRoutes(api, routes);
  await api.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: '1 minute',
    // When it is known who calls.
    hook: 'preHandler',
    keyGenerator: ({ caller, ip }) => (caller === null ? `address ${ip}` : `user ${caller.userId}`),
  });
  addMetrics(api);
  addHealth(api, client);
  if (identity !== null) await addIdentityApi(api, identity);
  const reach = new Reach(client);
  const quotas = new Quotas(settings.quotas, readModel);
  const home = await addNativeApi(api, reach, { readModel, quotas });
  await addNovaApi(api, new NovaContext(reach, readModel, secretKeys), quotas);
  await addImageApi(api, reach);
  await addNetworkApi(api, reach);
  addRootDocument(api, home);
  return { api, routes };
}

async function answerWithProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const answer = toHttpError(error);
  if (answer.statusCode >= 500) request.log.error({ err: error, requestId: request.id }, 'a request has failed');
  return reply.code(answer.statusCode).type(problemMediaType).send(toProblem(answer, request.id));
}
