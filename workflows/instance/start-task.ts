import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  startChild,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError, type SignalDefinition } from '@temporalio/common';
import { fault, type Fault, type FaultCode } from '../../src/model/fault.ts';

import {
  taskWorkflowId,
  toLost,
  type EndedTask,
  type LooseEnd,
  type Task,
  type TaskRequest,
} from '../../src/model/task.ts';
import { findOperation, isDeletion, waitsForNobody } from '../../src/operations/index.ts';
import { now } from '../engine/task-run.ts';
import {
  awaitTask,
  describeLoss,
  isLoss,
  taskWorkflowOptions,
  type Start,
  type TaskWorkflow,
} from '../engine/task-workflow.ts';
import { taskSignals, type PowerStateReport } from '../messages.ts';
import type { InstanceEntity } from './entity.ts';
import { publish } from './publish.ts';
import { systemRequest } from './system-request.ts';

/** Automatic recoveries of one loss; after so many a person has to look. */
const automaticRecoveries = 3;

/** Runs the tasks of an instance, one at a time, each as a workflow of its own, and books what became of them. */
export class TaskStarter {
  readonly #entity: InstanceEntity;
  /** What has been tidied up before tasks that wait for nobody, or was tried to. */
  readonly #tidiedUp = new Set<string>();
  /** Of the running task; null between tasks. */
  #child: Promise<ChildWorkflowHandle<TaskWorkflow>> | null = null;
  /** The last task whose workflow is known to have been started. */
  #started: string | null = null;
  #handsOver = false;

  constructor(entity: InstanceEntity) {
    this.#entity = entity;
  }

  async run(task: Task): Promise<void> {
    const problem = this.#entity.startProblem(task);
    if (problem !== null) {
      this.#fail(task, problem.type === 'InstanceLocked' ? 'LOCKED' : 'NOT_ALLOWED_IN_STATE', problem.message);
      return;
    }
    if (findOperation(task.operation, task.operationVersion).kind === 'record') {
      this.record(task);
      return;
    }
    if (this.#tidyUpBefore(task)) return;
    const [left] = this.#entity.looseEnds;
    if (left !== undefined && waitsForNobody(task.operation) && !isDeletion(task.operation)) {
      this.#fail(task, 'NOT_ALLOWED_IN_STATE', `Task ${left.taskIds[0] ?? ''} has left what could not be tidied up.`);
      return;
    }
    const start = this.#entity.begin(task);
    await this.#finish(task, () => this.#execute(start));
  }

  /** Ends a task that cannot start. */
  #fail(task: Task, code: FaultCode, remark: string): void {
    this.#entity.drop(task, { status: 'FAILED', fault: fault(code, { remark }) });
    publish(this.#entity);
  }

  /** Waits for a task that was started by a run of this workflow that is lost. */
  async adopt(task: Task): Promise<void> {
    await this.#finish(task, () => awaitTask(task.id));
  }

  /**
   * Has a task run next, and resolves when its workflow has been started, or it has ended without one. Where this run is
   * about to be handed over, that is for the next one to do.
   */
  async start(request: TaskRequest): Promise<Task> {
    const waiting = this.#entity.enqueue(request);
    const find = () => this.#entity.find(request.id) ?? waiting;
    // One that has become due in the same moment, or has to come first.
    const isOvertaken = () => this.#entity.running !== null && this.#entity.running.id !== request.id;
    const answerable = () =>
      this.#started === request.id || find().endedAt !== null || this.#handsOver || isOvertaken();
    // Temporal's own cancel is ignored, also by who waits here.
    await CancellationScope.nonCancellable(() => condition(answerable));
    if (isOvertaken() && find().status === 'QUEUED') publish(this.#entity);
    return find();
  }

  /** This run starts no task any more. */
  handOver(): void {
    this.#handsOver = true;
  }

  /** Carries out what changes the record alone. */
  record(request: TaskRequest): Task {
    const task = this.#entity.record(request);
    publish(this.#entity);
    return task;
  }

  queue(request: TaskRequest): Task {
    const task = this.#entity.enqueue(request);
    publish(this.#entity);
    return task;
  }

  /** Cancels what runs, has it undone, or finished where it cannot go back, and starts the new task next. */
  supersede(request: TaskRequest): Task {
    const { id, operation, actor } = request;
    const because = { actor, reason: `superseded by ${operation} (task ${id})` };
    if (isDeletion(operation)) this.abandonQueue(because.reason, actor);
    const task = this.#entity.enqueue(request, 'first');
    publish(this.#entity);
    void this.tell(taskSignals.cancel, because);
    return task;
  }

  /** Ends all waiting tasks. */
  abandonQueue(reason: string, actor = 'system'): void {
    for (const id of this.#entity.queuedIds) {
      const task = this.#entity.find(id);
      const note = { at: now(), verb: 'cancel', actor, reason, refusal: null } as const;
      if (task !== undefined) this.#entity.drop(task, { status: 'ABORTED', fault: null, note });
    }
  }

  /** Passes something on to the running task; its workflow decides. */
  async tell<Message>(what: SignalDefinition<[Message]>, message: Message): Promise<void> {
    const { running } = this.#entity;
    if (running === null) return;
    const child = await this.#child?.catch(() => null);
    // One that was adopted is no child of this run.
    const handle = child ?? getExternalWorkflowHandle(taskWorkflowId(running.id));
    // A task that has just ended is no error: it no longer needs to be told.
    await handle.signal(what, message).catch(() => undefined);
  }

  async #execute(start: Start): Promise<EndedTask> {
    try {
      this.#child = startChild<TaskWorkflow>(start.task.operation, taskWorkflowOptions(start));
      const handle = await this.#child;
      this.#started = start.task.id;
      return await handle.result();
    } catch (error) {
      // The id was used by a task that has left the log: that one is the answer.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      this.#started = start.task.id;
      return awaitTask(start.task.id);
    }
  }

  async #finish(task: Task, result: () => Promise<EndedTask>): Promise<void> {
    try {
      const ended = await result();
      this.#entity.finish(ended);
      for (const subTask of ended.endedSubTasks ?? []) this.#recoverIfLost(subTask);
    } catch (error) {
      if (!isLoss(error)) throw error;
      this.#bookLoss(task, fault('TASK_TERMINATED', { detail: describeLoss(error) }));
    } finally {
      this.#child = null;
    }
    publish(this.#entity);
  }

  /** A task whose workflow is gone has left nobody knows what: a visible task finds out and ties it up. */
  #bookLoss(task: Task, cause: Fault): void {
    const running = this.#entity.running ?? task;
    const lost = toLost(running, cause, now());
    const recovers = [...(running.recovers ?? []), task.id];
    const givenUp = recovers.length > automaticRecoveries;
    this.#entity.finish(givenUp ? { ...lost, changes: { vmState: 'error' } } : lost);
    if (!givenUp) this.recover(task, recovers, `task ${task.id} was ended from outside`, 'retry');
  }

  /** The task that a lost one was a part of has ended: what that one has left is tied up as that of any other. */
  #recoverIfLost(task: EndedTask): void {
    if (task.fault?.code !== 'TASK_TERMINATED' || !task.looseEnds) return;
    this.recover(task, [task.id], `task ${task.id} was ended from outside`, 'retry');
  }

  /** Some know only the record; what a stuck task has left beside it is taken away first, or booked as debts. */
  #tidyUpBefore(task: Task): boolean {
    if (!waitsForNobody(task.operation)) return false;
    const keyOf = ({ taskIds }: LooseEnd) => `${task.id} ${taskIds[0] ?? ''}`;
    const due = this.#entity.looseEnds.findLast(
      (looseEnd) => !isDeletion(looseEnd.operation) && !this.#tidiedUp.has(keyOf(looseEnd)),
    );
    if (due === undefined) return false;
    this.#tidiedUp.add(keyOf(due));
    this.recover(task, due.taskIds, `tidied up before ${task.operation} (task ${task.id})`, 'owe');
    return true;
  }

  /** Puts a recover task first. */
  recover(cause: TaskRequest, recovers: readonly string[], reason: string, decision: 'retry' | 'owe'): Task {
    const { instanceId, requestId, deadlineScale } = cause;
    const occasion = { instanceId, requestId, deadlineScale, reason, recovers, input: { decision } };
    return this.#entity.enqueue(systemRequest('recover', occasion), 'first');
  }

  /** Has the record brought in line with the hypervisor. */
  syncPowerState({ powerState, startAgain }: PowerStateReport): void {
    const reason = `the guest was found to be ${powerState}`;
    const input = startAgain === true ? { startAgain } : {};
    this.#entity.enqueue(systemRequest('syncPowerState', { instanceId: this.#entity.instance.id, input, reason }));
  }
}
