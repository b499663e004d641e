import { createDriver } from '../../activities/drivers/index.ts';
import type { Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { ConnectOptions } from '../client/connect.ts';
import type { Resources } from '../model/host.ts';
import { connectWorker } from './connection.ts';
import { createControlWorker, type ControlWorkerSettings } from './control-worker.ts';
import { createHostWorker } from './host-worker.ts';
import { createLogger } from './logger.ts';
import { installRuntime } from './runtime.ts';

/** A host that this process serves. */
export interface ServedHost {
  readonly name: string;
  readonly capacity: Resources;
  readonly driver: string;
  readonly driverOptions: unknown;
}

export interface WorkerProcessSettings extends ControlWorkerSettings {
  readonly control: boolean;
  readonly hosts: readonly ServedHost[];
  readonly connect?: ConnectOptions;
  readonly metricsAddress?: string;
}

/**
 * Runs the workers of one process until it is told to end by SIGINT or SIGTERM: then units that run may finish for a
 * few seconds, and the others go back to Temporal. Logs the message `ready` once all of them take work.
 */
export async function runWorkers(settings: WorkerProcessSettings): Promise<void> {
  const logger = createLogger();
  const { metricsAddress } = settings;
  installRuntime({ logger, ...(metricsAddress !== undefined && { metricsAddress }) });
  const link = await connectWorker(settings.connect);
  const workers: Worker[] = settings.control ? [await createControlWorker(link, settings)] : [];
  const stop = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const running = workers.map((worker) => worker.run());
  for (const host of settings.hosts) {
    const worker = await createHostWorker(link, {
      ...host,
      driver: createDriver(host.driver, host.name, host.driverOptions),
    });
    workers.push(worker);
    running.push(worker.run());
  }
  logReady(logger, settings);
  await Promise.all(running);
  await link.tracing?.close();
  await link.connection.close();
}

function logReady(logger: Logger, { control, hosts }: WorkerProcessSettings): void {
  logger.info({ control, hosts: hosts.map(({ name }) => name) }, 'ready');
}
