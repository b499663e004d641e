import { fileURLToPath } from 'node:url';
import type { FleetProcess } from '../test/support/fleet-process.ts';
import { nodeProcess } from '../test/support/fleet-workers.ts';
import type { Fleet } from '../test/support/fleet.ts';

/** Starts the process that runs the bare workflows, against the fleet's server and hosts. */
export async function startBareWorker(fleet: Fleet): Promise<FleetProcess> {
  const script = fileURLToPath(new URL('bare-worker.ts', import.meta.url));
  const worker = nodeProcess('bare', () => Promise.resolve(['--import', 'tsx', script]), fleet.surroundings);
  await worker.start();
  return worker;
}
