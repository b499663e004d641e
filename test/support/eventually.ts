import { setTimeout as delay } from 'node:timers/promises';

/** Long enough for a busy machine: only a test that fails waits so long. */
const patienceMs = 60_000;
const glanceMs = 50;

/**
 * Repeats `attempt` until it gives something, and returns that. Where it gives nothing (`undefined`, `null` or `false`) or
 * throws to the end, fails with what was waited for and with what was seen last.
 */
export async function eventually<Result>(
  awaited: string,
  attempt: () => Promise<Result | undefined | null | false>,
  withinMs = patienceMs,
): Promise<Result> {
  const end = Date.now() + withinMs;
  for (;;) {
    let reason: unknown;
    try {
      const result = await attempt();
      if (result !== undefined && result !== null && result !== false) return result;
    } catch (error) {
      reason = error;
    }
    if (Date.now() >= end) {
      const last = reason instanceof Error ? `; last: ${reason.message}` : '';
      throw new Error(`not within ${withinMs / 1_000} s: ${awaited}${last}`, { cause: reason });
    }
    await delay(glanceMs);
  }
}
