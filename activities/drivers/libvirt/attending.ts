/** A call that takes long is waited for as long as the daemon is seen to be alive, and no longer. */
import { setTimeout as delay } from 'node:timers/promises';
import type { UnitContext } from '../driver.ts';

/** Before Temporal gives up a unit that shows no progress, so that the fault can say who was silent. */
const askEveryMs = 1_000;

/**
 * What the call comes to. Meanwhile `ask` asks the daemon how far it is, and its answer is the unit's progress; where it
 * fails, the call is ended and fails as that did.
 */
export async function attended<Result>(
  call: (signal: AbortSignal) => Promise<Result>,
  ask: (signal: AbortSignal) => Promise<number>,
  { signal, progress }: Pick<UnitContext, 'signal' | 'progress'>,
): Promise<Result> {
  const [over, givenUp] = [new AbortController(), new AbortController()];
  const attend = async () => {
    for (;;) {
      await delay(askEveryMs, undefined, { signal: over.signal });
      progress(await ask(over.signal));
    }
  };
  const attending = attend().catch((error: unknown) => {
    if (!over.signal.aborted) givenUp.abort(error);
  });
  try {
    return await call(AbortSignal.any([signal, givenUp.signal]));
  } finally {
    over.abort();
    await attending;
  }
}
