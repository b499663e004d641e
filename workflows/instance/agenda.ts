import { condition } from '@temporalio/workflow';
import { fault } from '../../src/model/fault.ts';
import { hasEnded, type Task } from '../../src/model/task.ts';
import { awaited } from '../../src/model/waiting.ts';
import { isOperationName } from '../../src/operations/index.ts';
import { now } from '../engine/task-run.ts';
import type { InstanceEntity } from './entity.ts';
import { Predecessors, type Ending } from './predecessors.ts';
import { publish } from './publish.ts';
import type { TaskStarter } from './start-task.ts';
import { systemRequest } from './system-request.ts';

/** A task that comes after another one, and the id of that. */
interface Follower {
  readonly task: Task;
  readonly after: string;
}

/**
 * What comes about in an idle instance by time, or by the end of another task. A timer runs only while there is something
 * of that, and all of it follows from the state of the instance: the next run goes on with it.
 */
export class Agenda {
  readonly #entity: InstanceEntity;
  readonly #starter: TaskStarter;
  readonly #predecessors = new Predecessors();

  constructor(entity: InstanceEntity, starter: TaskStarter) {
    this.#entity = entity;
    this.#starter = starter;
  }

  /** Resolves when that holds, there is something to settle, or a time has come that was waited for. */
  async until(holds: () => boolean): Promise<void> {
    const next = this.#next;
    const isStirred = () => holds() || this.hasNews || this.#next !== next;
    if (next === null) await condition(isStirred);
    else if (!isStirred()) {
      await condition(isStirred, Math.max(1, Date.parse(next) - Date.now()), { summary: `until ${next}` });
    }
  }

  /** Whether there is something to settle. */
  get hasNews(): boolean {
    return (
      this.#followUpIsDue ||
      this.#followers.some(({ after }) => this.#endingOf(after) !== undefined) ||
      !this.#predecessors.areWatched(this.#strangers)
    );
  }

  /** Asks for what is due by itself, and tells tasks that come after others what has become of those. */
  settle(): void {
    if (this.#followUpIsDue) this.#askForFollowUp();
    for (const follower of this.#followers) this.#settle(follower, this.#endingOf(follower.after));
    this.#predecessors.watch(this.#strangers);
  }

  get #followUpIsDue(): boolean {
    const { followUp } = this.#entity.instance;
    return followUp ? followUp.at <= now() : false;
  }

  #askForFollowUp(): void {
    const { id: instanceId, followUp } = this.#entity.instance;
    if (!followUp) return;
    const { operation, operationVersion, input, reason } = followUp;
    this.#entity.forgetFollowUp();
    // What there is no more cannot be asked for.
    if (!isOperationName(operation)) return;
    this.#starter.queue(systemRequest(operation, { operationVersion, instanceId, input, reason }));
  }

  #settle({ task, after }: Follower, ending: Ending | undefined): void {
    if (ending === undefined) return;
    if (ending === 'COMPLETED') {
      this.#entity.amend(task, { precededAt: now() });
      return;
    }
    const remark = ending === null ? `There is no task ${after}.` : `Task ${after} is ${ending}.`;
    this.#entity.drop(task, { status: 'FAILED', fault: fault('PRECEDING_TASK_FAILED', { remark }) });
    publish(this.#entity);
  }

  /** The tasks that do not know yet whether the one before them has completed. */
  get #followers(): Follower[] {
    return this.#entity.queue.flatMap((task) => {
      const wait = awaited(task, now());
      return wait?.kind === 'task' ? [{ task, after: wait.taskId }] : [];
    });
  }

  /** What only other instances can know of. */
  get #strangers(): ReadonlySet<string> {
    const awaitedIds = this.#followers.map(({ after }) => after);
    return new Set(awaitedIds.filter((id) => this.#entity.find(id) === undefined));
  }

  #endingOf(taskId: string): Ending | undefined {
    const known = this.#entity.find(taskId);
    if (known === undefined) return this.#predecessors.endingOf(taskId);
    return hasEnded(known.status) ? known.status : undefined;
  }

  /** The next time that something is due. */
  get #next(): string | null {
    const waits = this.#entity.queue.map((task) => (task.status === 'PAUSED' ? null : awaited(task, now())));
    const times = waits.flatMap((wait) => (wait?.kind === 'time' ? [wait.at] : []));
    const { followUp } = this.#entity.instance;
    return [...times, ...(followUp ? [followUp.at] : [])].sort()[0] ?? null;
  }
}
