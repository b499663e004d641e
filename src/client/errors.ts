/** What the SDK throws. Each class says what was wrong, and carries what would be right. */
import type { Problem, TaskInTheWay } from '../model/problem.ts';
import type { Lock } from '../model/instance.ts';
import type { VmState } from '../model/states.ts';
import type { TaskStatus, TaskVerb } from '../model/task.ts';

/** Of all errors that the SDK throws on purpose. */
export abstract class InstanceTasksError extends Error {}

/** There is no such instance, task, host or action; or it is not this project's to see. */
export class NotFoundError extends InstanceTasksError {
  override readonly name = 'NotFoundError';
}

/** A name that several instances carry. */
export class AmbiguousNameError extends InstanceTasksError {
  override readonly name = 'AmbiguousNameError';
  readonly candidates: readonly string[];

  constructor(name: string, candidates: readonly string[]) {
    super(`${candidates.length} instances are named "${name}": use an id, one of ${candidates.join(', ')}`);
    this.candidates = candidates;
  }
}

/** The instance has lost its workflow, which was ended from outside: `rebuild` brings it back. */
export class InstanceLostError extends InstanceTasksError {
  override readonly name = 'InstanceLostError';
  readonly instanceId: string;

  constructor(instanceId: string) {
    super(`instance ${instanceId} is lost: its workflow was ended from outside; rebuild it first`);
    this.instanceId = instanceId;
  }
}

/** Another task is in the way. */
export class InstanceBusyError extends InstanceTasksError {
  override readonly name = 'InstanceBusyError';
  readonly inTheWay: TaskInTheWay;

  constructor(message: string, inTheWay: TaskInTheWay) {
    super(message);
    this.inTheWay = inTheWay;
  }
}

/** The instance is locked. */
export class InstanceLockedError extends InstanceTasksError {
  override readonly name = 'InstanceLockedError';
  readonly instanceId: string;
  readonly lock: Lock;

  constructor(message: string, instanceId: string, lock: Lock) {
    super(message);
    this.instanceId = instanceId;
    this.lock = lock;
  }
}

/** The operation does not start from the state that the instance is in. */
export class NotAllowedInStateError extends InstanceTasksError {
  override readonly name = 'NotAllowedInStateError';
  readonly vmState: VmState;
  readonly allowedFrom: readonly VmState[];

  constructor(message: string, vmState: VmState, allowedFrom: readonly VmState[]) {
    super(message);
    this.vmState = vmState;
    this.allowedFrom = allowedFrom;
  }
}

/** The task does not take this verb now. */
export class TaskVerbRefusedError extends InstanceTasksError {
  override readonly name = 'TaskVerbRefusedError';
  readonly verb: TaskVerb | 'retry' | 'skip';
  readonly status: TaskStatus;

  constructor(message: string, verb: TaskVerb | 'retry' | 'skip', status: TaskStatus) {
    super(message);
    this.verb = verb;
    this.status = status;
  }
}

/** The idempotency key was used before, for something else. */
export class IdempotencyConflictError extends InstanceTasksError {
  override readonly name = 'IdempotencyConflictError';
  readonly taskId: string;

  constructor(message: string, taskId: string) {
    super(message);
    this.taskId = taskId;
  }
}

/** What is asked for cannot be had as things stand; the message says why. */
export class RefusedError extends InstanceTasksError {
  override readonly name = 'RefusedError';
}

/** There is a key pair of that name already. */
export class KeyPairExistsError extends InstanceTasksError {
  override readonly name = 'KeyPairExistsError';
}

/** One thing that is wrong with an input. */
export interface InputIssue {
  /** Where: `flavor.vcpus`; empty for the input as a whole. */
  readonly path: string;
  readonly message: string;
}

/** The input is not what the operation takes. */
export class InvalidInputError extends InstanceTasksError {
  override readonly name = 'InvalidInputError';
  readonly issues: readonly InputIssue[];

  constructor(issues: readonly InputIssue[]) {
    super(issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '));
    this.issues = issues;
  }
}

/** A secret cannot be sealed: there is no key for it, or the keys are not written as they should be. */
export class SecretKeysError extends InstanceTasksError {
  override readonly name = 'SecretKeysError';
}

/** Temporal, or a worker that should answer, cannot be reached. Nothing is known of what became of the request. */
export class UnreachableError extends InstanceTasksError {
  override readonly name = 'UnreachableError';
}

/** A workflow's refusal as the error of its kind. */
export function toError(problem: Problem): InstanceTasksError {
  switch (problem.type) {
    case 'InstanceBusy':
      return new InstanceBusyError(problem.message, problem.inTheWay);
    case 'InstanceLocked':
      return new InstanceLockedError(problem.message, problem.instanceId, problem.lock);
    case 'NotAllowedInState':
      return new NotAllowedInStateError(problem.message, problem.vmState, problem.allowedFrom);
    case 'IdempotencyConflict':
      return new IdempotencyConflictError(problem.message, problem.taskId);
    case 'TaskVerbRefused':
      return new TaskVerbRefusedError(problem.message, problem.verb, problem.status);
    case 'TaskNotFound':
    case 'KeyPairNotFound':
      return new NotFoundError(problem.message);
    case 'KeyPairExists':
      return new KeyPairExistsError(problem.message);
    case 'InvalidRequest':
    case 'InstanceFull':
    case 'HostFull':
    case 'HostBusy':
    case 'HostDown':
    case 'HostTaskVerbRefused':
    case 'HostAlive':
    case 'HostNotFenced':
    case 'TooManyKeyPairs':
      return new RefusedError(problem.message);
  }
}
