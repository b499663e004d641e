/** Nova's API v2.1, so that its clients work unchanged: every action is a task. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from '../application.ts';
import { NotFound } from '../http-error.ts';
import type { Reach } from '../reach.ts';
import { toHttpError } from '../to-http-error.ts';
import { toFaultBody } from './fault-body.ts';
import { negotiate } from './negotiate.ts';
import { addServers } from './servers.ts';
import { addVersion } from './versions.ts';

/** Adds its routes, below `/v2.1`. */
export async function addNovaApi(api: Api, reach: Reach): Promise<void> {
  await api.register(
    async (scope: Api) => {
      scope.setErrorHandler(answerWithFault);
      scope.setNotFoundHandler((request, reply) =>
        answerWithFault(new NotFound('The resource could not be found.'), request, reply),
      );
      negotiate(scope);
      addVersion(scope);
      addServers(scope, reach);
    },
    { prefix: '/v2.1' },
  );
}

async function answerWithFault(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const answer = toHttpError(error);
  if (answer.statusCode >= 500) request.log.error({ err: error, requestId: request.id }, 'a request has failed');
  return reply.code(answer.statusCode).send(toFaultBody(answer));
}
