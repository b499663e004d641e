import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { workerHeartbeatMs } from '../model/host.ts';
import { toTemporalLogger } from './logger.ts';

export interface RuntimeSettings {
  readonly logger: Logger;
  /** Where Prometheus may read the metrics, `127.0.0.1:9464`; nowhere when absent. */
  readonly metricsAddress?: string;
}

/** Sets up what all workers of a process share. To be called once, before the first of them. */
export function installRuntime({ logger, metricsAddress }: RuntimeSettings): void {
  Runtime.install({
    logger: toTemporalLogger(logger),
    // Ours to say when: a host worker has more to end than its Temporal worker.
    shutdownSignals: [],
    workerHeartbeatInterval: workerHeartbeatMs,
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} },
      ...(metricsAddress !== undefined && { metrics: { prometheus: { bindAddress: metricsAddress } } }),
    },
  });
}
