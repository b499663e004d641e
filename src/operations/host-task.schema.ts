import { z } from 'zod';
import { defaultLimits } from '../model/host-task.ts';

/** What a caller may say of a task of a host. */
export const hostTaskSchema = z.strictObject({
  concurrency: z
    .int()
    .min(1)
    .max(50)
    .default(defaultLimits.concurrency)
    .describe('so many instances are moved at once'),
  canaries: z
    .int()
    .min(0)
    .max(50)
    .default(defaultLimits.canaries)
    .describe('so many are moved first, and nobody else before they have come through'),
  maxFailures: z
    .int()
    .min(1)
    .max(1_000)
    .default(defaultLimits.maxFailures)
    .describe('when so many have failed no other is begun with'),
});
export type HostTaskOptions = z.input<typeof hostTaskSchema>;
