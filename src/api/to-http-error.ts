/** What anything that is thrown while a request is served means to its caller. */
import { AuthenticationUnavailable } from '../authentication/authenticator.ts';
import * as errors from '../client/errors.ts';
import { representLock, representTaskInTheWay } from '../model/representation.ts';
import { HttpError, type ErrorCode } from './http-error.ts';

/** The error as it is answered. What is nobody's fault but ours tells nothing of itself: the log has it. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof errors.InstanceTasksError) return ofClient(error);
  if (error instanceof AuthenticationUnavailable) {
    return new HttpError(503, 'UNREACHABLE', 'who calls cannot be checked now: try again later', { cause: error });
  }
  return ofFramework(error) ?? new HttpError(500, 'INTERNAL_ERROR', 'something went wrong here', { cause: error });
}

function ofClient(error: errors.InstanceTasksError): HttpError {
  const { message } = error;
  const answer = (statusCode: number, code: ErrorCode, extensions: Readonly<Record<string, unknown>> = {}) =>
    new HttpError(statusCode, code, message, { extensions, cause: error });
  if (error instanceof errors.InvalidInputError) return answer(400, 'INVALID_INPUT', { issues: error.issues });
  if (error instanceof errors.NotFoundError) return answer(404, 'NOT_FOUND');
  if (error instanceof errors.AmbiguousNameError) return answer(409, 'REFUSED', { candidates: error.candidates });
  if (error instanceof errors.InstanceBusyError) {
    return answer(409, 'INSTANCE_BUSY', { task_in_the_way: representTaskInTheWay(error.inTheWay) });
  }
  if (error instanceof errors.InstanceLockedError) {
    return answer(409, 'INSTANCE_LOCKED', { locked: representLock(error.lock) });
  }
  if (error instanceof errors.InstanceLostError) return answer(409, 'INSTANCE_LOST');
  if (error instanceof errors.NotAllowedInStateError) {
    return answer(409, 'NOT_ALLOWED_IN_STATE', { vm_state: error.vmState, allowed_from: error.allowedFrom });
  }
  if (error instanceof errors.TaskVerbRefusedError) {
    return answer(409, 'TASK_VERB_REFUSED', { verb: error.verb, state: error.status });
  }
  if (error instanceof errors.IdempotencyConflictError) {
    return answer(409, 'IDEMPOTENCY_CONFLICT', { task_id: error.taskId });
  }
  if (error instanceof errors.UnreachableError) {
    return new HttpError(503, 'UNREACHABLE', 'the service cannot be reached now: nothing is known of the request', {
      cause: error,
    });
  }
  if (error instanceof errors.SecretKeysError)
    return new HttpError(500, 'INTERNAL_ERROR', 'secrets cannot be sealed here');
  return answer(409, 'REFUSED');
}

const codesByStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'BODY_TOO_LARGE',
  414: 'BAD_REQUEST',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
};

/** What fastify and its plugins throw for a request that is not as it should be. */
function ofFramework(error: unknown): HttpError | null {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return null;
  const code = codesByStatus[error.statusCode];
  return code === undefined ? null : new HttpError(error.statusCode, code, error.message, { cause: error });
}
