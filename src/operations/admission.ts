/** Whether an operation may start, and what a new task may do while another one runs. Pure: the plan asks the same. */
import type { InstanceRecord, Lock } from '../model/instance.ts';
import type { Operation } from '../model/operation.ts';
import type { Problem, TaskInTheWay } from '../model/problem.ts';
import { looseEndFor, type LooseEnd, type Task, type TaskRequest } from '../model/task.ts';
import { awaited } from '../model/waiting.ts';
import { conflictVerdict } from './conflicts.ts';
import { findOperation, isDeletion } from './index.ts';

/** An instance publishes the ids of the tasks that wait, and has room for so many. */
const mostWaiting = 40;

/** What is under way on an instance. */
export interface Occupancy {
  readonly instance: InstanceRecord;
  readonly running: Task | null;
  /** Next first; those that are paused, or wait for a time or another task, do not count as being in the way. */
  readonly queued: readonly Task[];
  /** What tasks have left that nobody has tied up yet. */
  readonly looseEnds: readonly LooseEnd[];
  /** The present time. */
  readonly now: string;
}

export type Admission =
  /** `record`: it changes the record alone, at once. */
  | { readonly verdict: 'start' | 'record' | 'queue' | 'supersede' }
  /** The task that is there already answers the request. */
  | { readonly verdict: 'deliver'; readonly to: Task }
  | { readonly verdict: 'refuse'; readonly problem: Problem };

/** Decides on a request for a task. `ifBusy` says what to do where the rule would be to refuse for the task in the way. */
export function admit(occupancy: Occupancy, request: TaskRequest, ifBusy: 'refuse' | 'queue'): Admission {
  const { running, queued, now } = occupancy;
  const inTheWay = running ?? queued.find((task) => takesItsTurn(task, now)) ?? null;
  const deletion = deletionUnderWay(occupancy, inTheWay);
  const hasRoom = queued.length < mostWaiting;
  if (awaited(request, now) !== null) {
    // Whether it may start is judged when its turn comes.
    const obstacle = deletion ?? (hasRoom ? undefined : queued[0]);
    if (obstacle === undefined) return { verdict: 'queue' };
    return { verdict: 'refuse', problem: busyProblem(request, obstacle, hasRoom) };
  }
  if (inTheWay === null) return start(occupancy, request);
  const lock = lockProblem(occupancy.instance, request);
  if (lock !== null) return { verdict: 'refuse', problem: lock };
  const obstacle = deletion ?? inTheWay;
  const verdict = conflictVerdict(obstacle.operation, request.operation, request.input);
  if (verdict === 'deliver') return { verdict, to: obstacle };
  if (verdict === 'beside') return start(occupancy, request);
  // A deletion empties the queue.
  if (verdict === 'supersede' && (hasRoom || isDeletion(request.operation))) return supersede(occupancy, request);
  if ((verdict === 'queue' || ifBusy === 'queue') && deletion === undefined && hasRoom) return { verdict: 'queue' };
  return { verdict: 'refuse', problem: busyProblem(request, obstacle, hasRoom) };
}

/** What would be refused in any state breaks in upon nothing. */
function supersede({ instance }: Occupancy, request: TaskRequest): Admission {
  const { input } = request;
  const refusal = findOperation(request.operation, request.operationVersion).refusal({ input, instance });
  if (refusal === null) return { verdict: 'supersede' };
  return { verdict: 'refuse', problem: notAllowed(instance, request, refusal) };
}

function start({ instance, looseEnds }: Occupancy, request: TaskRequest): Admission {
  const problem = startProblem(instance, request, looseEnds);
  if (problem !== null) return { verdict: 'refuse', problem };
  return { verdict: findOperation(request.operation, request.operationVersion).kind === 'record' ? 'record' : 'start' };
}

/** Whether a task of the queue starts as soon as nothing is before it. */
export const takesItsTurn = (task: Task, now: string): boolean =>
  task.status !== 'PAUSED' && awaited(task, now) === null;

/** The task that ends the instance, or is next to. */
function deletionUnderWay({ queued, now }: Occupancy, inTheWay: Task | null): Task | undefined {
  if (inTheWay === null) return undefined;
  return [inTheWay, ...queued.filter((task) => awaited(task, now) === null)].find(({ operation }) =>
    isDeletion(operation),
  );
}

/** Why the operation cannot start on the instance as it is; null when it can. */
export function startProblem(
  instance: InstanceRecord,
  request: TaskRequest,
  looseEnds: readonly LooseEnd[],
): Problem | null {
  return lockProblem(instance, request) ?? stateProblem(instance, request, looseEnds);
}

/** A lock keeps away everybody, the platform itself included; what only looks or ties up is declared to be free of it. */
function lockProblem({ id, name, locked = null }: InstanceRecord, request: TaskRequest): Problem | null {
  const { operation, operationVersion, overrideLock } = request;
  if (locked === null || overrideLock === true || findOperation(operation, operationVersion).evenWhenLocked)
    return null;
  const message = `cannot ${operation} ${name}: ${lockText(locked)}; unlock it first`;
  return { type: 'InstanceLocked', message, instanceId: id, operation, lock: locked };
}

const lockText = ({ by, reason, at }: Lock): string =>
  `it was locked by ${by} at ${at}${reason === null ? '' : ` (${reason})`}`;

function stateProblem(instance: InstanceRecord, request: TaskRequest, looseEnds: readonly LooseEnd[]): Problem | null {
  const { operation: name, input } = request;
  const operation = findOperation(name, request.operationVersion);
  const { allowedFrom } = operation;
  const { vmState } = instance;
  const refusal = allowedFrom.includes(vmState)
    ? (operation.refusal({ input, instance }) ?? obstruction(operation, request, looseEnds))
    : `the instance is ${vmState}, and ${name} starts from ${allowedFrom.join(', ')}`;
  return refusal === null ? null : notAllowed(instance, request, refusal);
}

function notAllowed({ name, vmState }: InstanceRecord, request: TaskRequest, refusal: string): Problem {
  const { operation, operationVersion } = request;
  const { allowedFrom } = findOperation(operation, operationVersion);
  const message = `cannot ${operation} ${name}: ${refusal}`;
  return { type: 'NotAllowedInState', message, operation, vmState, allowedFrom };
}

/** What an operation makes could be what a recovery takes away later: it waits until all is tied up, or has it tied up first. */
function obstruction(
  { kind, steps, waitsForNobody }: Operation,
  request: TaskRequest,
  looseEnds: readonly LooseEnd[],
): string | null {
  if (kind === 'recovery') return looseEndFor(request, looseEnds) === undefined ? nothingLeft(request) : null;
  const taskId = looseEnds[0]?.taskIds[0];
  if (taskId === undefined || waitsForNobody || steps.every(({ unit }) => unit.acquires === null)) return null;
  return `task ${taskId} has left something: recover it first`;
}

function nothingLeft({ recovers }: TaskRequest): string {
  const meant = recovers?.at(-1);
  return meant === undefined ? 'no task has left anything to recover' : `task ${meant} has left nothing to recover`;
}

function busyProblem(request: TaskRequest, obstacle: Task, hasRoom: boolean): Problem {
  const inTheWay: TaskInTheWay = {
    taskId: obstacle.id,
    operation: obstacle.operation,
    status: obstacle.status,
    step: obstacle.step,
    startedAt: obstacle.startedAt,
    verbs: obstacle.verbs,
  };
  const since = obstacle.startedAt === null ? 'is waiting' : `has been running since ${obstacle.startedAt}`;
  const { kind } = findOperation(request.operation, request.operationVersion);
  return {
    type: 'InstanceBusy',
    message: `cannot ${request.operation}: ${obstacle.operation} (task ${obstacle.id}) ${since}${
      hasRoom ? '' : `, and ${mostWaiting} tasks are waiting already`
    }${kind === 'record' ? '; cancel it first' : ''}`,
    inTheWay,
  };
}
