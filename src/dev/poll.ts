import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats `attempt` until it gives something, and returns that; undefined when `withinMs` have passed first. Rejects when
 * the attempt does, or with the signal's reason when it is aborted.
 */
export async function poll<Result>(
  attempt: () => Promise<Result | undefined>,
  { withinMs, everyMs = 100, signal }: { withinMs: number; everyMs?: number; signal?: AbortSignal | undefined },
): Promise<Result | undefined> {
  const end = Date.now() + withinMs;
  for (;;) {
    signal?.throwIfAborted();
    const result = await attempt();
    if (result !== undefined) return result;
    if (Date.now() >= end) return undefined;
    await sleep(everyMs);
  }
}
