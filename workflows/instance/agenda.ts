import { condition } from '@temporalio/workflow';
import { isOperationName } from '../../src/operations/index.ts';
import { now } from '../engine/task-run.ts';
import type { InstanceEntity } from './entity.ts';
import type { TaskStarter } from './start-task.ts';
import { systemRequest } from './system-request.ts';

/** What comes about in an idle instance because its time has come. A timer runs only while there is something of that. */
export class Agenda {
  readonly #entity: InstanceEntity;
  readonly #starter: TaskStarter;

  constructor(entity: InstanceEntity, starter: TaskStarter) {
    this.#entity = entity;
    this.#starter = starter;
  }

  /** Resolves when that holds, or something may have become due. */
  async until(isStirred: () => boolean): Promise<void> {
    const next = this.#next;
    const isChanged = () => isStirred() || this.#next !== next;
    if (next === null) await condition(isChanged);
    else if (!isChanged()) await condition(isChanged, Math.max(1, Date.parse(next) - Date.now()));
  }

  /** Asks for what is due. */
  settle(): void {
    const { id: instanceId, followUp } = this.#entity.instance;
    if (!followUp || followUp.at > now()) return;
    const { operation, operationVersion, input, reason } = followUp;
    this.#entity.forgetFollowUp();
    // What there is no more cannot be asked for.
    if (!isOperationName(operation)) return;
    this.#starter.queue(systemRequest(operation, { operationVersion, instanceId, input, reason }));
  }

  /** The next time that something is due. */
  get #next(): string | null {
    return this.#entity.instance.followUp?.at ?? null;
  }
}
