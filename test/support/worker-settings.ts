/** The settings of a process of workers: its argument, in JSON. */
import { z } from 'zod';

const resources = z.strictObject({ vcpus: z.int(), memoryMb: z.int(), diskGb: z.int() });

/** What the argument of such a process must be. */
export const settingsSchema = z.strictObject({
  control: z.boolean(),
  hosts: z.array(
    z.strictObject({
      name: z.string(),
      capacity: resources,
      driver: z.string(),
      driverOptions: z.unknown(),
      startsGuestsAgain: z.exactOptional(z.boolean()),
    }),
  ),
  workflowBundle: z.exactOptional(z.string()),
  maxCachedWorkflows: z.exactOptional(z.int()),
  powerStateIntervalMs: z.exactOptional(z.int()),
  faultRules: z.exactOptional(z.string()),
});
export type WorkerSettings = z.input<typeof settingsSchema>;
