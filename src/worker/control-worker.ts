import { Worker, type WorkerOptions } from '@temporalio/worker';
import { controlActivities, type ControlOptions } from '../../activities/control-plane.ts';
import { controlTaskQueue } from '../client/submit.ts';
import type { WorkerConnection } from './connection.ts';
import { traced } from './traced.ts';
import { workflowSource } from './workflow-source.ts';

export interface ControlWorkerSettings extends ControlOptions {
  /** The workflows, bundled, in this file; where absent the bundle of the build, or one that is made on the spot. */
  readonly workflowBundle?: string;
  /** Workflows kept in memory; 0 replays at every step. The SDK's own figure where absent. */
  readonly maxCachedWorkflows?: number;
  /** Worker Versioning: tasks end on the build that began them. */
  readonly deployment?: { readonly name: string; readonly buildId: string };
}

/**
 * A worker of the control plane: runs all workflows, and the activities that no host is needed for. `sinks` hear what
 * workflows tell in passing.
 */
export function createControlWorker(
  { connection, namespace, client, tracing }: WorkerConnection,
  { workflowBundle, maxCachedWorkflows, deployment, ...options }: ControlWorkerSettings,
  sinks: NonNullable<WorkerOptions['sinks']>,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue: controlTaskQueue,
    activities: controlActivities(client, options),
    ...traced(tracing, {
      ...(workflowBundle === undefined
        ? workflowSource(tracing !== null)
        : { workflowBundle: { codePath: workflowBundle } }),
      sinks,
    }),
    ...(maxCachedWorkflows !== undefined && { maxCachedWorkflows }),
    ...(deployment !== undefined && {
      workerDeploymentOptions: {
        useWorkerVersioning: true,
        version: { deploymentName: deployment.name, buildId: deployment.buildId },
        defaultVersioningBehavior: 'PINNED' as const,
      },
    }),
  });
}
