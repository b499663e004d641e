import type { Client } from '@temporalio/client';
import type { InjectedSinks } from '@temporalio/worker';
import { mergeDurations, type Durations } from '../model/durations.ts';
import { durationsWorkflowId } from '../model/task.ts';
import { controlTaskQueue } from '../client/submit.ts';
import { learnDurations } from '../../workflows/messages.ts';
import type { durations as durationsWorkflow } from '../../workflows/durations/durations.ts';
import type { TaskSinks } from '../../workflows/sinks.ts';

/** Tasks that end within so long are told of together. */
const pauseMs = 5_000;
/** Nobody waits for it, but a worker that is to end. */
const deadlineMs = 3_000;

/**
 * Gathers what tasks have taken, and has it kept by the workflow `durations`, which it starts where there is none. A
 * worker that is killed forgets what it learned in the last seconds: it is statistics.
 */
export class DurationKeeper {
  readonly #client: Client;
  #pending: Durations = {};
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(client: Client) {
    this.#client = client;
  }

  /** What workflows tell in passing. */
  get sinks(): InjectedSinks<TaskSinks> {
    return { durations: { learn: { fn: (_workflow, lessons) => this.#learn(lessons), callDuringReplay: false } } };
  }

  /** Sends what is left, as well as it can. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#send();
    await this.#sending;
  }

  #learn(lessons: Durations): void {
    this.#pending = mergeDurations(this.#pending, lessons);
    this.#timer ??= setTimeout(() => this.#send(), pauseMs).unref();
  }

  #send(): void {
    this.#timer = undefined;
    this.#sending = this.#sending.then(() => this.#tell());
  }

  async #tell(): Promise<void> {
    const lessons = this.#pending;
    if (Object.keys(lessons).length === 0) return;
    this.#pending = {};
    try {
      await this.#client.connection.withDeadline(Date.now() + deadlineMs, () => this.#signal(lessons));
    } catch {
      // Temporal is away: it is told with what comes next.
      this.#learn(lessons);
    }
  }

  async #signal(lessons: Durations): Promise<void> {
    await this.#client.workflow.signalWithStart<typeof durationsWorkflow, [Durations]>('durations', {
      workflowId: durationsWorkflowId,
      taskQueue: controlTaskQueue,
      args: [],
      signal: learnDurations,
      signalArgs: [lessons],
      staticSummary: 'What past tasks have taken',
    });
  }
}
