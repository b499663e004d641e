import { setTimeout as timeout } from 'node:timers/promises';
import type { UnitContext } from '../driver.ts';

/** How often something that takes long is looked at. Well below any heartbeat time-out. */
export const glance = 200;

/** Waits. An abort ends the wait with the abort's own reason: Temporal knows a cancel by it. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await timeout(milliseconds, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** What has been seen of a unit stays seen, whatever it does next. */
export function neverBackwards(progress: UnitContext['progress']): UnitContext['progress'] {
  let furthest = 0;
  return (share) => progress((furthest = Math.max(furthest, share)));
}

/** Lets simulated work of that length pass, and tells of its progress as it is observed. */
export async function work(
  milliseconds: number,
  { signal, progress }: Pick<UnitContext, 'signal' | 'progress'>,
): Promise<void> {
  for (let passed = 0; passed < milliseconds;) {
    const slice = Math.min(glance, milliseconds - passed);
    await sleep(slice, signal);
    passed += slice;
    if (passed < milliseconds) progress(passed / milliseconds);
  }
}
