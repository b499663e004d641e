/** `Prefer: wait=N` of RFC 7240: how long a caller likes to wait for the end of a task. */
import { z } from 'zod';

/** Longer than proxies like to wait is of no use. */
const longestSeconds = 60;

export const waitHeaders = z.object({
  prefer: z
    .string()
    .optional()
    .describe(`wait=N: to be answered when the task has ended, or after N seconds; 60 at most`),
});

/** In milliseconds; null where nothing of that kind was said. Preferences that nobody knows are ignored, says the RFC. */
export function preferredWaitMs(prefer: string | undefined): number | null {
  const [, seconds] = /(?:^|[,;\s])wait="?(\d{1,6})"?(?:$|[,;\s])/i.exec(prefer ?? '') ?? [];
  return seconds === undefined ? null : Math.min(Number(seconds), longestSeconds) * 1_000;
}
