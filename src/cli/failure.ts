import { CommanderError } from '@commander-js/extra-typings';
import * as errors from '../client/errors.ts';
import { SetUpError } from '../dev/set-up-error.ts';
import { representLock, representTaskInTheWay } from '../model/representation.ts';
import { InvalidSecretKeys } from '../secrets/secret-keys.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { commandOf } from './task-commands.ts';
import { UsageError } from './usage-error.ts';

/** What is told of an error, and how. */
export interface Failure {
  readonly exitCode: ExitCode;
  /** Stable, for programs. */
  readonly code: string;
  /** One sentence for a person. */
  readonly message: string;
  /** What may be done now: commands, mostly. */
  readonly hints: readonly string[];
  /** What the sentence is about, for programs. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What anything that a command has thrown means to its user. */
export function toFailure(error: unknown): Failure {
  if (error instanceof CommanderError) return ofCommander(error);
  if (error instanceof UsageError) return usage('USAGE', error.message, []);
  if (error instanceof InvalidSecretKeys) return usage('SECRET_KEYS', error.message, []);
  if (error instanceof SetUpError) {
    return { exitCode: exitCodes.unreachable, code: 'SET_UP_FAILED', message: error.message, hints: [] };
  }
  if (error instanceof errors.InstanceTasksError) return ofClient(error);
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: exitCodes.internal, code: 'INTERNAL_ERROR', message, hints: [] };
}

function ofCommander({ code, message }: CommanderError): Failure {
  // Its help has been printed already.
  if (code === 'commander.help') return usage('USAGE', 'a command is missing', []);
  return usage('USAGE', message.replace(/^error: /, ''), []);
}

function ofClient(error: errors.InstanceTasksError): Failure {
  const { message } = error;
  if (error instanceof errors.InvalidInputError) {
    const hints = ['itask operations OPERATION says what an operation takes'];
    return { ...usage('INVALID_INPUT', message, hints), details: { issues: error.issues } };
  }
  if (error instanceof errors.SecretKeysError) {
    const hints = ['the keys must be those of the workers; a configuration with `secret_keys` names a file of them'];
    return usage('SECRET_KEYS', message, hints);
  }
  if (error instanceof errors.AmbiguousNameError) {
    return { ...usage('AMBIGUOUS_NAME', message, []), details: { candidates: error.candidates } };
  }
  if (error instanceof errors.NotFoundError) {
    const hints = ['itask list shows the instances, itask tasks INSTANCE the tasks of one'];
    return { exitCode: exitCodes.notFound, code: 'NOT_FOUND', message, hints };
  }
  if (error instanceof errors.UnreachableError) {
    const hints = [
      'itask doctor says what is wrong; itask dev up starts a development server, itask worker the workers',
    ];
    return { exitCode: exitCodes.unreachable, code: 'UNREACHABLE', message, hints };
  }
  return refusal(error);
}

function refusal(error: errors.InstanceTasksError): Failure {
  const refused = { exitCode: exitCodes.refused, message: error.message, hints: [] };
  if (error instanceof errors.InstanceBusyError) {
    const { inTheWay } = error;
    const verbs = ['show', 'watch', ...inTheWay.verbs.map(commandOf)].map(
      (verb) => `itask task ${verb} ${inTheWay.taskId}`,
    );
    const hints = [...verbs, 'with --queue the request waits for its turn'];
    const details = { task_in_the_way: representTaskInTheWay(inTheWay) };
    return { ...refused, code: 'INSTANCE_BUSY', hints, details };
  }
  if (error instanceof errors.InstanceLockedError) {
    const hints = [`itask run unlock ${error.instanceId}`, 'with --override-lock an operator takes no notice of it'];
    return { ...refused, code: 'INSTANCE_LOCKED', hints, details: { locked: representLock(error.lock) } };
  }
  if (error instanceof errors.InstanceLostError) {
    const { instanceId } = error;
    const hints = [`itask recover ${instanceId}`];
    return { ...refused, code: 'INSTANCE_LOST', hints, details: { instance_id: instanceId } };
  }
  if (error instanceof errors.NotAllowedInStateError) {
    const details = { vm_state: error.vmState, allowed_from: error.allowedFrom };
    return { ...refused, code: 'NOT_ALLOWED_IN_STATE', details };
  }
  if (error instanceof errors.TaskVerbRefusedError) {
    return { ...refused, code: 'TASK_VERB_REFUSED', details: { verb: error.verb, state: error.status } };
  }
  if (error instanceof errors.IdempotencyConflictError) {
    const hints = [`itask task show ${error.taskId}`];
    return { ...refused, code: 'IDEMPOTENCY_CONFLICT', hints, details: { task_id: error.taskId } };
  }
  return { ...refused, code: 'REFUSED' };
}

const usage = (code: string, message: string, hints: readonly string[]): Failure => ({
  exitCode: exitCodes.usage,
  code,
  message,
  hints,
});
