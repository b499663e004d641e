import { createDriver } from '../../activities/drivers/index.ts';
import type { Logger } from 'pino';
import type { ConnectOptions } from '../client/connect.ts';
import type { Resources } from '../model/host.ts';
import { connectWorker } from './connection.ts';
import { createControlWorker, type ControlWorkerSettings } from './control-worker.ts';
import { serveHost } from './serve-host.ts';
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
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const { signal } = stopping;
  const running: Promise<void>[] = [];
  if (settings.control) running.push((await createControlWorker(link, settings)).runUntil(aborted(signal)));
  for (const { name, capacity, driver, driverOptions } of settings.hosts) {
    const host = { name, capacity, driver: createDriver(driver, name, driverOptions) };
    await new Promise<void>((resolve, reject) => {
      const served = serveHost(link, host, { signal, onServing: resolve });
      served.then(resolve, reject);
      running.push(served);
    });
  }
  logReady(logger, settings);
  await Promise.all(running);
  await link.tracing?.close();
  await link.connection.close();
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

function logReady(logger: Logger, { control, hosts }: WorkerProcessSettings): void {
  logger.info({ control, hosts: hosts.map(({ name }) => name) }, 'ready');
}
