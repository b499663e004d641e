/** Every call to a workflow goes through here, so that every failure of one is one of the SDK's errors. */
import {
  ApplicationFailure,
  isGrpcServiceError,
  QueryNotRegisteredError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import type { QueryDefinition, UpdateDefinition } from '@temporalio/common';
import type { Problem, ProblemType } from '../model/problem.ts';
import { NotFoundError, toError, UnreachableError } from './errors.ts';

/** How long a worker may take to answer a query or an update. */
const answerDeadlineMs = 15_000;

/** Asks a workflow. Throws {@link NotFoundError} and {@link UnreachableError}. */
export async function query<Answer, Args extends unknown[]>(
  client: Client,
  workflowId: string,
  definition: QueryDefinition<Answer, Args>,
  ...args: Args
): Promise<Answer> {
  return call(client, workflowId, () => client.workflow.getHandle(workflowId).query(definition, ...args));
}

/** Tells a workflow something and waits for its answer. Throws what a refusal stands for, too. */
export async function update<Answer, Args extends [unknown, ...unknown[]]>(
  client: Client,
  workflowId: string,
  definition: UpdateDefinition<Answer, Args>,
  args: Args,
): Promise<Answer> {
  return call(client, workflowId, () => client.workflow.getHandle(workflowId).executeUpdate(definition, { args }));
}

/** Makes a call about a workflow, with a deadline, and turns its failures into the SDK's errors. */
export async function call<T>(client: Client, subject: string, request: () => Promise<T>): Promise<T> {
  try {
    return await client.connection.withDeadline(Date.now() + answerDeadlineMs, request);
  } catch (error) {
    throw translate(error, subject);
  }
}

/** What is answered, or null where what was asked for is not there. */
export const unlessNotFound = <Answer>(answer: Promise<Answer>): Promise<Answer | null> =>
  answer.catch((error: unknown) => {
    if (error instanceof NotFoundError) return null;
    throw error;
  });

/** The error of the SDK that a failed call stands for; others are returned as they are. */
export function translate(error: unknown, subject: string): unknown {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const problem = problemIn(error.cause);
    return problem === null ? error : toError(problem);
  }
  if (error instanceof WorkflowNotFoundError) return new NotFoundError(`there is no ${subject.replace('/', ' ')}`);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return unreachable('no control worker answered', error);
  if (error instanceof QueryNotRegisteredError) return error;
  const grpc = error instanceof ServiceError && isGrpcServiceError(error.cause) ? error.cause : error;
  if (isGrpcServiceError(grpc)) {
    return grpc.code === 4 || grpc.code === 14 || grpc.code === 1
      ? unreachable(grpc.code === 14 ? 'Temporal cannot be reached' : 'no control worker answered', error)
      : unreachable(grpc.details, error);
  }
  return error;
}

const unreachable = (message: string, cause: unknown): UnreachableError => new UnreachableError(message, { cause });

const problemTypes: Record<ProblemType, true> = {
  InstanceBusy: true,
  InstanceLocked: true,
  NotAllowedInState: true,
  IdempotencyConflict: true,
  TaskVerbRefused: true,
  TaskNotFound: true,
  InvalidRequest: true,
  InstanceFull: true,
  HostFull: true,
  HostBusy: true,
  HostDown: true,
  HostTaskVerbRefused: true,
  HostAlive: true,
  HostNotFenced: true,
  KeyPairExists: true,
  KeyPairNotFound: true,
  TooManyKeyPairs: true,
};

/** The problem that a workflow refused with: it was put there by this project's `refuse`. */
function problemIn(failure: ApplicationFailure): Problem | null {
  const [detail]: unknown[] = failure.details ?? [];
  return isProblem(detail) ? detail : null;
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  Object.hasOwn(problemTypes, value.type);
