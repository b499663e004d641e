/** Looking at hosts, and booking on them. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/activity';
import { workerSilenceMs, type Debt } from '../src/model/host.ts';
import { hostTaskQueue, hostWorkflowId } from '../src/model/task.ts';
import { addDebt, markHostDown } from '../workflows/messages.ts';

/** Whether any worker of this host is alive. Where none is known, the host's own workflow decides: nothing is placed there then. */
export async function isHostAlive(client: Client, host: string): Promise<boolean> {
  if (await hasLiveWorker(client, host)) return true;
  try {
    const { up } = await client.workflow.getHandle(hostWorkflowId(host)).executeUpdate(markHostDown);
    return up;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function hasLiveWorker(client: Client, host: string): Promise<boolean> {
  const { workersInfo } = await client.workflowService.listWorkers({
    namespace: client.options.namespace,
    query: `TaskQueue="${hostTaskQueue(host)}"`,
  });
  const deadline = Date.now() - workerSilenceMs;
  return workersInfo.some(({ workerHeartbeat }) => {
    const seconds = Number(workerHeartbeat?.heartbeatTime?.seconds ?? 0);
    return seconds * 1_000 > deadline && workerHeartbeat?.status === isRunning;
  });
}

/** temporal.api.enums.v1.WorkerStatus.WORKER_STATUS_RUNNING. One that shuts down takes nothing, and says no more. */
const isRunning = 1;

/** Books a unit that a host could not be reached for. */
export async function oweToHost(client: Client, host: string, debt: Debt): Promise<void> {
  try {
    await client.workflow.getHandle(hostWorkflowId(host)).executeUpdate(addDebt, { args: [debt], updateId: debt.id });
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw ApplicationFailure.nonRetryable(`there is no host ${host} that could owe anything`, 'INTERNAL_ERROR');
  }
}
