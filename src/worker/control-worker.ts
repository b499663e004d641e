import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { controlActivities } from '../../activities/control-plane.ts';
import { controlTaskQueue } from '../client/submit.ts';
import type { WorkerConnection } from './connection.ts';
import { tracing } from './tracing.ts';

export interface ControlWorkerSettings {
  /** Workflows kept in memory; 0 replays at every step. The SDK's own figure where absent. */
  readonly maxCachedWorkflows?: number;
  /** Worker Versioning: tasks end on the build that began them. */
  readonly deployment?: { readonly name: string; readonly buildId: string };
}

/** A worker of the control plane: runs all workflows, and the activities that no host is needed for. */
export function createControlWorker(
  { connection, namespace, client }: WorkerConnection,
  { maxCachedWorkflows, deployment }: ControlWorkerSettings = {},
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue: controlTaskQueue,
    activities: controlActivities(client),
    ...workflowSource(),
    ...tracing(),
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

/** The bundle that a build has made, beside the compiled workflows; from their sources one is made on the spot. */
function workflowSource(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const bundle = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  return { workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)) };
}
