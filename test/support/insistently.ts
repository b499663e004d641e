import { setTimeout as delay } from 'node:timers/promises';
import { UnreachableError } from '../../src/client/index.ts';

/** Makes a request again as long as there is nobody to answer it, as programs do. Throws whatever else is answered. */
export async function insistently<Answer>(request: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof UnreachableError) || signal.aborted) throw error;
      await delay(200);
    }
  }
}
