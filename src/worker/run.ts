import { createDriver } from '../../activities/drivers/index.ts';
import type { Logger } from 'pino';
import type { ConnectOptions } from '../client/connect.ts';
import type { Resources } from '../model/host.ts';
import { SecretKeys } from '../secrets/secret-keys.ts';
import { connectWorker } from './connection.ts';
import type { ControlWorkerSettings } from './control-worker.ts';
import { serveControl } from './serve-control.ts';
import { serveHost } from './serve-host.ts';
import { createLogger } from './logger.ts';
import { installRuntime } from './runtime.ts';

/** A host that this process serves. */
export interface ServedHost {
  readonly name: string;
  readonly capacity: Resources;
  readonly driver: string;
  readonly driverOptions: unknown;
  /** Whether guests that stop by themselves are started again; left as they are where absent. */
  readonly startsGuestsAgain?: boolean;
}

export interface WorkerProcessSettings extends ControlWorkerSettings {
  readonly control: boolean;
  readonly hosts: readonly ServedHost[];
  readonly connect?: ConnectOptions;
  readonly metricsAddress?: string;
  /** What hosts open secrets with; those of the environment where absent. */
  readonly secretKeys?: SecretKeys;
  /** From one look at the guests of a host to the next; 3 s where absent. */
  readonly powerStateIntervalMs?: number;
}

/**
 * Runs the workers of one process until it is told to end by SIGINT or SIGTERM: then units that run may finish for a
 * few seconds, and the others go back to Temporal. Logs the message `ready` once all of them take work.
 */
export async function runWorkers(settings: WorkerProcessSettings): Promise<void> {
  const logger = createLogger();
  const { metricsAddress, secretKeys = SecretKeys.ofEnvironment(), powerStateIntervalMs } = settings;
  installRuntime({ logger, ...(metricsAddress !== undefined && { metricsAddress }) });
  const link = await connectWorker(settings.connect);
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const { signal } = stopping;
  const running: Promise<void>[] = [];
  /** Resolves when it serves; whether it goes on serving is waited for in the end. */
  const begin = (serve: (onServing: () => void) => Promise<void>): Promise<void> =>
    new Promise((resolve, reject) => {
      const served = serve(resolve);
      served.then(resolve, reject);
      running.push(served);
    });
  if (settings.control) await begin((onServing) => serveControl(link, settings, { signal, onServing }));
  for (const { name, capacity, driver, driverOptions, startsGuestsAgain = false } of settings.hosts) {
    const host = {
      name,
      capacity,
      driver: createDriver(driver, name, driverOptions),
      secretKeys,
      startsGuestsAgain,
      logger,
      ...(powerStateIntervalMs !== undefined && { powerStateIntervalMs }),
    };
    await begin((onServing) => serveHost(link, host, { signal, onServing }));
  }
  logReady(logger, settings);
  await Promise.all(running);
  await link.tracing?.close();
  await link.connection.close();
}

function logReady(logger: Logger, { control, hosts }: WorkerProcessSettings): void {
  logger.info({ control, hosts: hosts.map(({ name }) => name) }, 'ready');
}
