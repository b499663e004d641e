import type { UnitContext } from '../driver.ts';
import type { MemoryPace } from './injected-faults.ts';
import { glance, neverBackwards, sleep } from './pace.ts';
import type { InstanceState } from './state.ts';

/** What a guest may be without when it is stopped for the rest of the copying. */
const downtime = 100;
const mbPerGib = 1_024;

interface MemoryCopy {
  /** Milliseconds that a GiB takes. */
  readonly latency: number;
  readonly context: UnitContext;
  pace(): Promise<MemoryPace>;
  /** Whether the guest is to be stopped, so that there is an end to it. */
  isForced(): Promise<boolean>;
  /** Stops the guest. */
  hold(): Promise<void>;
  /** Whether the other host answers; nothing is copied while it does not. Fails when there is no hope of it. */
  observe(): Promise<boolean>;
}

/**
 * Copies the memory of a guest that runs and writes to it: what it writes has to be copied again. Ends when so little is
 * left that the guest may be stopped for it. What a held guest has left has been copied by whoever held it.
 */
export async function copyMemory({ guest }: InstanceState, copy: MemoryCopy): Promise<void> {
  const { signal } = copy.context;
  const progress = neverBackwards(copy.context.progress);
  const usual = (copy.latency * (guest?.flavor.memoryMb ?? 0)) / mbPerGib;
  let stopped = guest?.powerState !== 'RUNNING';
  let remaining = guest?.departing === undefined || (await copy.isForced()) ? 1 : 0;
  for (;;) {
    const answers = await copy.observe();
    const { delay, dirtyRate } = await copy.pace();
    const whole = usual + delay;
    if (answers && remaining * whole <= downtime) return;
    await sleep(glance, signal);
    if (!stopped && (await copy.isForced())) {
      await copy.hold();
      stopped = true;
    }
    const copied = answers ? glance / whole : 0;
    const written = stopped ? 0 : dirtyRate * (1 - remaining) * copied;
    remaining = Math.min(1, Math.max(0, remaining - copied + written));
    progress(1 - remaining);
  }
}
