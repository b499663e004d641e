/**
 * Progress within a unit. Only the server knows it, from the heartbeats of the unit's activity, and it does not tell
 * by itself: somebody has to look. All who watch one task look together.
 */
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { UnitProgress } from '../model/progress.ts';
import { parseActivityId } from '../model/task-history.ts';
import { taskWorkflowId } from '../model/task.ts';

type Listener = (progress: UnitProgress) => void;

/** Whoever watches many tasks looks at each less often: so far apart, at least, are any two looks of one client. */
const leastGapMs = 20;

const samplers = new WeakMap<Client, Map<string, Sampler>>();

/** Tells the listener of the progress of a task's running unit whenever it is seen to have changed. Returns how to stop. */
export function onProgress(client: Client, taskId: string, everyMs: number, listener: Listener): () => void {
  const ofClient = samplers.get(client) ?? new Map<string, Sampler>();
  samplers.set(client, ofClient);
  const sampler =
    ofClient.get(taskId) ?? new Sampler(client, taskId, () => Math.max(everyMs, ofClient.size * leastGapMs));
  ofClient.set(taskId, sampler);
  sampler.add(listener);
  return () => {
    sampler.remove(listener);
    if (sampler.isIdle && ofClient.get(taskId) === sampler) ofClient.delete(taskId);
  };
}

/** Looks at one task as long as somebody listens. */
class Sampler {
  readonly #client: Client;
  readonly #taskId: string;
  readonly #pauseMs: () => number;
  readonly #listeners = new Set<Listener>();
  #timer: NodeJS.Timeout | undefined;
  #last = '';

  constructor(client: Client, taskId: string, pauseMs: () => number) {
    this.#client = client;
    this.#taskId = taskId;
    this.#pauseMs = pauseMs;
  }

  get isIdle(): boolean {
    return this.#listeners.size === 0;
  }

  add(listener: Listener): void {
    this.#listeners.add(listener);
    if (this.#timer === undefined) this.#schedule();
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener);
    if (!this.isIdle) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#look(), this.#pauseMs());
  }

  async #look(): Promise<void> {
    // A look that fails is not worth an error: the next one follows, and the changes themselves are read elsewhere.
    const seen = await readProgress(this.#client, this.#taskId).catch(() => []);
    const text = JSON.stringify(seen);
    if (text !== this.#last) for (const progress of seen) for (const listener of this.#listeners) listener(progress);
    this.#last = text;
    if (!this.isIdle) this.#schedule();
  }
}

/** What the running unit of a task has last said; empty where it has said nothing. */
export async function readProgress(client: Client, taskId: string): Promise<UnitProgress[]> {
  const { raw } = await client.workflow.getHandle(taskWorkflowId(taskId)).describe();
  const pending = await Promise.all(
    (raw.pendingActivities ?? []).map(async ({ activityId, attempt, heartbeatDetails }) => {
      const unit = parseActivityId(activityId ?? '');
      const details = await decodeArrayFromPayloads(client.options.loadedDataConverter, heartbeatDetails?.payloads);
      const share = shareIn(details);
      const isNews = share !== null || (attempt ?? 1) > 1;
      return unit !== null && isNews ? [{ ...unit, share: share ?? 0, attempt: attempt ?? 1 }] : [];
    }),
  );
  return pending.flat();
}

/** What the unit has said with its last heartbeat: `{ share }`. */
function shareIn([detail]: readonly unknown[]): number | null {
  if (typeof detail !== 'object' || detail === null || !('share' in detail)) return null;
  return typeof detail.share === 'number' ? Math.min(1, Math.max(0, detail.share)) : null;
}
