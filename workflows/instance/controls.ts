import { setHandler } from '@temporalio/workflow';
import { hasEnded, taskVerbs, type Task, type TaskVerb } from '../../src/model/task.ts';
import { toNote } from '../engine/controls.ts';
import { taskSignals, taskUpdates, type ControlRequest } from '../messages.ts';
import { refuse } from '../refusal.ts';
import type { InstanceEntity } from './entity.ts';
import { publish } from './publish.ts';
import type { TaskStarter } from './start-task.ts';

/** Pause, resume and cancel by task id: of tasks that wait, which have no workflow yet, and passed on to the running one. */
export class InstanceControls {
  readonly #entity: InstanceEntity;
  readonly #starter: TaskStarter;

  constructor(entity: InstanceEntity, starter: TaskStarter) {
    this.#entity = entity;
    this.#starter = starter;
  }

  listen(): void {
    for (const verb of taskVerbs) {
      const description = `${verb} of a task. Argument: {"taskId": "...", "actor": "...", "reason": "..."}`;
      const update = (request?: ControlRequest): Task => this.#heed(verb, this.#addressee(request), request);
      const validator = (request?: ControlRequest): void => {
        const task = this.#addressee(request);
        const refusal = this.#refusal(verb, task);
        if (refusal === null) return;
        refuse({ type: 'TaskVerbRefused', message: refusal, taskId: task.id, verb, status: task.status });
      };
      const signal = (request?: ControlRequest): void => {
        const task = this.#find(request);
        if (task !== undefined && this.#refusal(verb, task) === null) this.#heed(verb, task, request);
      };
      setHandler(taskUpdates[verb], update, { validator, description });
      setHandler(taskSignals[verb], signal, { description });
    }
  }

  #heed(verb: TaskVerb, task: Task, request: ControlRequest | undefined): Task {
    if (task.id === this.#entity.running?.id) {
      void this.#starter.tell(taskSignals[verb], request ?? {});
      return task;
    }
    const note = toNote(verb, request, null);
    if (verb === 'cancel') {
      this.#entity.drop(task, { status: 'ABORTED', fault: null, note });
      publish(this.#entity);
      return this.#entity.find(task.id) ?? task;
    }
    // No other verb is one of a task that waits.
    const status = verb === 'pause' ? 'PAUSED' : 'QUEUED';
    const verbs: TaskVerb[] = [verb === 'pause' ? 'resume' : 'pause', 'cancel'];
    return this.#entity.amend(task, { status, verbs, notes: [...task.notes, note] });
  }

  #find(request: ControlRequest | undefined): Task | undefined {
    return request?.taskId === undefined ? (this.#entity.running ?? undefined) : this.#entity.find(request.taskId);
  }

  #addressee(request: ControlRequest | undefined): Task {
    const task = this.#find(request);
    if (task !== undefined) return task;
    const taskId = request?.taskId ?? '';
    return refuse({ type: 'TaskNotFound', message: `the instance has no task ${taskId || 'running'}`, taskId });
  }

  #refusal(verb: TaskVerb, task: Task): string | null {
    if (hasEnded(task.status)) return `the task has ended: it is ${task.status}`;
    // Only the task itself knows what it can still heed.
    if (task.id === this.#entity.running?.id || task.verbs.includes(verb)) return null;
    return `the task is ${task.status}`;
  }
}
