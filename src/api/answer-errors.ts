/** Errors of the faces that OpenStack's other services have: each in JSON, and in its own words. */
import type { Api } from './application.ts';
import type { HttpError } from './http-error.ts';
import { toHttpError } from './to-http-error.ts';

/** Has errors of this scope answered so. */
export function answerErrors(scope: Api, toBody: (error: HttpError) => object): void {
  scope.setErrorHandler(async (error, request, reply) => {
    const answer = toHttpError(error);
    if (answer.statusCode >= 500) request.log.error({ err: error, requestId: request.id }, 'a request has failed');
    return reply.code(answer.statusCode).type('application/json').send(toBody(answer));
  });
}
