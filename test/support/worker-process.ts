/** A process of workers, as production runs them. Its argument is its settings, in JSON. */
import { z } from 'zod';
import { runWorkers } from '../../src/worker/run.ts';

const resources = z.strictObject({ vcpus: z.int(), memoryMb: z.int(), diskGb: z.int() });

/** What the argument of such a process must be. */
export const settingsSchema = z.strictObject({
  control: z.boolean(),
  hosts: z.array(
    z.strictObject({ name: z.string(), capacity: resources, driver: z.string(), driverOptions: z.unknown() }),
  ),
  workflowBundle: z.exactOptional(z.string()),
  maxCachedWorkflows: z.exactOptional(z.int()),
  faultRules: z.exactOptional(z.string()),
});
export type WorkerSettings = z.input<typeof settingsSchema>;

if (process.argv[1] === import.meta.filename) await runWorkers(settingsSchema.parse(JSON.parse(process.argv[2] ?? '')));
