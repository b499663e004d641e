import type { Task } from './task.ts';

/** Bytes of ended tasks that an instance carries: with the rest of its state that stays within 256 KiB. */
const budgetBytes = 192 * 1024;
/** Ids of tasks beyond the log that are still known, so that a late retry of a request finds its task. */
const rememberedIds = 500;

/** The ended tasks of an instance, oldest first, bounded by bytes: the oldest leave, and only their ids are remembered. */
export class TaskLog {
  readonly #entries: { readonly task: Task; readonly bytes: number }[] = [];
  readonly #fingerprints: Map<string, string>;
  #bytes = 0;

  constructor(tasks: Iterable<Task> = [], fingerprints: Iterable<readonly [string, string]> = []) {
    this.#fingerprints = new Map(fingerprints);
    for (const task of tasks) this.add(task);
  }

  get tasks(): Task[] {
    return this.#entries.map(({ task }) => task);
  }

  /** Of tasks that have left the log, oldest first. */
  get fingerprints(): (readonly [taskId: string, fingerprint: string])[] {
    return [...this.#fingerprints];
  }

  add(task: Task): void {
    const bytes = JSON.stringify(task).length;
    this.#entries.push({ task, bytes });
    this.#bytes += bytes;
    // The newest stays however large it is: it is what the last fault is shown from.
    while (this.#bytes > budgetBytes && this.#entries.length > 1) this.#forgetOldest();
  }

  find(taskId: string): Task | undefined {
    return this.#entries.find(({ task }) => task.id === taskId)?.task;
  }

  /** The fingerprint of a task that is or was in the log. */
  fingerprintOf(taskId: string): string | undefined {
    return this.find(taskId)?.fingerprint ?? this.#fingerprints.get(taskId);
  }

  #forgetOldest(): void {
    const oldest = this.#entries.shift();
    if (oldest === undefined) return;
    this.#bytes -= oldest.bytes;
    this.#fingerprints.set(oldest.task.id, oldest.task.fingerprint);
    for (const id of this.#fingerprints.keys()) {
      if (this.#fingerprints.size <= rememberedIds) break;
      this.#fingerprints.delete(id);
    }
  }
}
