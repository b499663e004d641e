import type { Client } from '@temporalio/client';
import { workerSilenceMs } from '../model/host.ts';
import { call } from './gateway.ts';

/** A worker that is alive: it has told the server of itself a few seconds ago. */
export interface LiveWorker {
  /** What it works on: `control`, or `host/<name>`. */
  readonly taskQueue: string;
  /** Process and machine. */
  readonly identity: string;
}

/** temporal.api.enums.v1.WorkerStatus.WORKER_STATUS_RUNNING. One that shuts down takes nothing, and says no more. */
const isRunning = 1;

/** The workers that are alive. */
export async function listWorkers(client: Client): Promise<LiveWorker[]> {
  const alive: LiveWorker[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await call(client, 'workers', () =>
      client.workflowService.listWorkers({
        namespace: client.options.namespace,
        ...(nextPageToken !== undefined && { nextPageToken }),
      }),
    );
    const deadline = Date.now() - workerSilenceMs;
    for (const { workerHeartbeat: heartbeat } of page.workersInfo) {
      const heardOf = Number(heartbeat?.heartbeatTime?.seconds ?? 0) * 1_000;
      if (!heartbeat || heardOf < deadline || heartbeat.status !== isRunning) continue;
      alive.push({ taskQueue: heartbeat.taskQueue ?? '', identity: heartbeat.workerIdentity ?? '' });
    }
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
  return alive;
}
