import { z } from 'zod';

/** Of operations that wait for a decision afterwards. */
export const confirmAfterSeconds = z
  .int()
  .min(0)
  .max(365 * 24 * 3_600)
  .optional()
  .describe('confirmed by itself after so long, unless it was reverted before; absent or 0: never');
