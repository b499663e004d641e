/** A process of workers, as production runs them. Its argument is its settings, in JSON. */
import { runWorkers } from '../../src/worker/run.ts';
import { settingsSchema } from './worker-settings.ts';

await runWorkers(settingsSchema.parse(JSON.parse(process.argv[2] ?? '')));
