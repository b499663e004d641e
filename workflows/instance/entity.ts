import { toInstanceFaults, type InstanceFault } from '../../src/model/instance-action.ts';
import { applyChanges, withChanges, type InstanceRecord, type RecordChanges } from '../../src/model/instance.ts';
import type { Problem } from '../../src/model/problem.ts';
import { initialVmState } from '../../src/model/states.ts';
import { TaskLog } from '../../src/model/task-log.ts';
import {
  hasEnded,
  looseEndFor,
  toQueued,
  toTask,
  type EndedTask,
  type LooseEnd,
  type Note,
  type Task,
  type TaskRequest,
} from '../../src/model/task.ts';
import { admit, startProblem, takesItsTurn, type Admission, type Occupancy } from '../../src/operations/admission.ts';
import { findOperation } from '../../src/operations/index.ts';
import { now } from '../engine/task-run.ts';
import type { Start } from '../engine/task-workflow.ts';
import { contextOf, firstTaskState, workOf } from '../engine/work.ts';
import type { FencingNotice, InstanceState, SubmitRequest, InstanceView } from '../messages.ts';

/** The state of one instance: its record, what runs, what waits, what has been. The workflow around it does the rest. */
export class InstanceEntity {
  #instance: InstanceRecord;
  #running: Task | null;
  readonly #queue: Task[];
  readonly #log: TaskLog;
  #looseEnds: readonly LooseEnd[];

  constructor(state: InstanceState) {
    this.#instance = state.instance;
    this.#running = state.running;
    this.#queue = [...state.queue];
    this.#log = new TaskLog(state.log, state.fingerprints);
    this.#looseEnds = state.looseEnds;
  }

  get instance(): InstanceRecord {
    return this.#instance;
  }

  get running(): Task | null {
    return this.#running;
  }

  /** What nobody has tied up yet, oldest first. */
  get looseEnds(): readonly LooseEnd[] {
    return this.#looseEnds;
  }

  get queuedIds(): string[] {
    return this.#queue.map(({ id }) => id);
  }

  /** Tasks that have no workflow of their own: those that ended and never had one, and those that wait. */
  get idsWithoutWorkflow(): string[] {
    const neverHadOne = this.#log.tasks.filter((task) => task.startedAt === null || changesRecordAlone(task));
    return [...neverHadOne.map(({ id }) => id), ...this.queuedIds];
  }

  view(): InstanceView {
    return { instance: this.#instance, runningTaskId: this.#running?.id ?? null, queuedTaskIds: this.queuedIds };
  }

  /** Every task that is known here, oldest first. */
  tasks(): Task[] {
    return [...this.#log.tasks, ...(this.#running === null ? [] : [this.#running]), ...this.#queue];
  }

  /** Of the tasks that have failed, newest first. */
  faults(): InstanceFault[] {
    return toInstanceFaults(this.tasks().filter(({ status }) => hasEnded(status)));
  }

  /** The newest of them. */
  get fault(): InstanceFault | null {
    return this.faults()[0] ?? null;
  }

  find(taskId: string): Task | undefined {
    return this.tasks().find(({ id }) => id === taskId);
  }

  state(): InstanceState {
    return {
      schemaVersion: 1,
      instance: this.#instance,
      running: this.#running,
      queue: this.#queue,
      log: this.#log.tasks,
      fingerprints: this.#log.fingerprints,
      looseEnds: this.#looseEnds,
    };
  }

  /** What a request finds: the task it asked for before, or the verdict on a new one. */
  judge({
    task: request,
    ifBusy,
  }: SubmitRequest): Admission | { readonly verdict: 'known'; readonly task: Task | null } {
    const known = this.find(request.id);
    const fingerprint = known?.fingerprint ?? this.#log.fingerprintOf(request.id);
    if (fingerprint !== undefined) {
      if (fingerprint === request.fingerprint) return { verdict: 'known', task: known ?? null };
      return { verdict: 'refuse', problem: idempotencyConflict(request.id) };
    }
    return admit(this.#occupancy, request, ifBusy);
  }

  /** Why the task cannot start as things are; null when it can. */
  startProblem(task: TaskRequest): Problem | null {
    return startProblem(this.#instance, task, this.#looseEnds);
  }

  /** Puts a task into the queue, last or first. */
  enqueue(request: TaskRequest, place: 'last' | 'first' = 'last'): Task {
    const task = toQueued(request);
    if (place === 'last') this.#queue.push(task);
    else this.#queue.unshift(task);
    return task;
  }

  /** The next task to start, or null while one runs or none may start. */
  next(): Task | null {
    return this.#running === null ? (this.#queue.find((task) => takesItsTurn(task, now())) ?? null) : null;
  }

  /** The tasks that wait, next first. */
  get queue(): readonly Task[] {
    return [...this.#queue];
  }

  /** No task runs or is about to, and none has left anything. */
  get isAtRest(): boolean {
    return this.#running === null && this.next() === null && this.#looseEnds.length === 0;
  }

  /** Takes a task from the queue and counts it as running. */
  begin(waiting: Task): Start {
    this.#remove(waiting.id);
    const task = waiting.operation === 'recover' ? this.#withLooseEnd(waiting) : waiting;
    const startedFrom = this.#instance.vmState;
    const beginning = { startedAt: now(), notes: task.notes };
    this.#running = { ...task, ...beginning, status: 'RUNNING', startedFrom, verbs: ['pause', 'cancel'] };
    const request = toRequest(task);
    const taskState = firstTaskState(workOf(request, this.#instance));
    this.#change({ taskState, generation: this.#instance.generation + 1 });
    return { task: { ...request, ...beginning }, instance: this.#instance };
  }

  /** Books the end of the running task, and of those that were parts of it. */
  finish(ended: EndedTask): void {
    this.#running = null;
    this.#instance = withChanges(this.#instance, ended.changes, ended.endedAt);
    for (const task of [ended, ...(ended.endedSubTasks ?? [])]) this.#book(toTask(task));
  }

  #book(task: Task): void {
    this.#log.add(task);
    const { recovers = [] } = task;
    const known = this.#looseEnds.find(({ taskIds }) => taskIds[0] === recovers[0]);
    const others = this.#looseEnds.filter((looseEnd) => looseEnd !== known);
    const left = { taskIds: [...recovers, task.id], operation: known?.operation ?? task.operation };
    this.#looseEnds = task.looseEnds ? [...others, left] : others;
  }

  /** Carries out what changes the record alone. A task that runs goes on beside it. */
  record(request: TaskRequest): Task {
    this.#remove(request.id);
    const work = workOf(request, this.#instance);
    const at = now();
    const { vmState: startedFrom } = this.#instance;
    const ended = { status: 'COMPLETED', progress: 1, verbs: [], startedAt: at, endedAt: at, startedFrom } as const;
    const task: Task = { ...toQueued(request), ...ended };
    this.#log.add(task);
    this.#instance = applyChanges(this.#instance, work.operation.commits(contextOf(work)), at);
    return task;
  }

  /** Ends a task that never got a workflow of its own. */
  drop(task: Task, end: Pick<Task, 'status' | 'fault'> & { readonly note?: Note }): void {
    this.#remove(task.id);
    const { note, ...rest } = end;
    const notes = note === undefined ? task.notes : [...task.notes, note];
    this.#log.add({ ...task, ...rest, notes, endedAt: now(), verbs: [] });
    this.#change(changesWithout(task));
  }

  /** Tasks that start from now on send nothing to a fenced host. */
  noteFencing({ host, fenced }: FencingNotice): void {
    const others = (this.#instance.fencedHosts ?? []).filter((name) => name !== host);
    this.#change({ fencedHosts: fenced ? [...others, host] : others });
  }

  /** What was to be done by itself has been asked for. */
  forgetFollowUp(): void {
    this.#change({ followUp: null });
  }

  /** Changes a waiting task, where it stands. */
  amend(task: Task, change: Partial<Pick<Task, 'status' | 'notes' | 'verbs' | 'precededAt'>>): Task {
    const amended = { ...task, ...change };
    const index = this.#queue.findIndex(({ id }) => id === task.id);
    if (index >= 0) this.#queue[index] = amended;
    return amended;
  }

  get #occupancy(): Occupancy {
    return {
      instance: this.#instance,
      running: this.#running,
      queued: this.#queue,
      looseEnds: this.#looseEnds,
      now: now(),
    };
  }

  /** While it waited, another task may have tried the same and left less, or something else. */
  #withLooseEnd(task: Task): Task {
    return { ...task, recovers: looseEndFor(task, this.#looseEnds)?.taskIds ?? [] };
  }

  #remove(taskId: string): void {
    const index = this.#queue.findIndex(({ id }) => id === taskId);
    if (index >= 0) this.#queue.splice(index, 1);
  }

  #change(changes: Partial<InstanceRecord>): void {
    this.#instance = { ...this.#instance, ...changes, updatedAt: now() };
  }
}

const changesRecordAlone = ({ operation, operationVersion }: TaskRequest): boolean =>
  findOperation(operation, operationVersion).kind === 'record';

function idempotencyConflict(taskId: string): Problem {
  return {
    type: 'IdempotencyConflict',
    message: `the idempotency key was used for task ${taskId}, which asks for something else; use a new key`,
    taskId,
  };
}

/** What becomes of an instance by a task that never began: without its create it is no longer being built. */
function changesWithout({ operation, operationVersion }: Task): Pick<RecordChanges, 'vmState'> {
  const { allowedFrom, failsTo } = findOperation(operation, operationVersion);
  const makesInstance = allowedFrom.every((vmState) => vmState === initialVmState);
  return makesInstance && failsTo !== null ? { vmState: failsTo } : {};
}

/** What was asked for, without what became of it. */
function toRequest(task: Task): TaskRequest {
  const { id, operation, operationVersion, instanceId, input, requestId, projectId, userId, fingerprint } = task;
  const { createdAt, deadlineScale, actor, reason, expectedMs, overrideLock, startAt, after, retryOf, recovers } = task;
  const { hostTask } = task;
  return {
    id,
    operation,
    operationVersion,
    instanceId,
    input,
    requestId,
    projectId,
    userId,
    fingerprint,
    createdAt,
    deadlineScale,
    actor,
    reason,
    ...(expectedMs !== undefined && { expectedMs }),
    ...(overrideLock !== undefined && { overrideLock }),
    ...(startAt !== undefined && { startAt }),
    ...(after !== undefined && { after }),
    ...(retryOf !== undefined && { retryOf }),
    ...(hostTask !== undefined && { hostTask }),
    ...(recovers !== undefined && { recovers }),
  };
}
