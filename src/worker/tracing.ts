import type { WorkerOptions } from '@temporalio/worker';

/** OpenTelemetry interceptors. */
export function tracing(): Pick<WorkerOptions, 'interceptors' | 'sinks'> {
  return {};
}
