import type { WorkerOptions } from '@temporalio/worker';
import type { Tracing } from './tracing.ts';

type Part = Pick<WorkerOptions, 'interceptors' | 'sinks'>;

/** The options of a worker with those of tracing added, where there is tracing. */
export function traced<Options extends Part>(tracing: Tracing | null, options: Options): Options & Part {
  if (tracing === null) return options;
  const { activity, sinks } = tracing;
  return {
    ...options,
    interceptors: { ...options.interceptors, activity: [activity] },
    sinks: { ...options.sinks, ...sinks },
  };
}
