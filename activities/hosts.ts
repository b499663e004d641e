/** Looking at hosts, and booking on them. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/activity';
import type { Debt, HostRecord } from '../src/model/host.ts';
import { hostTaskQueue, hostWorkflowId } from '../src/model/task.ts';
import { addDebt, hostQuery } from '../workflows/messages.ts';

/** Workers tell the server of themselves this often; one that has been silent for three times as long is not alive. */
export const workerHeartbeatMs = 5_000;

/** Whether any worker that takes the units of this host is alive. */
export async function isHostAlive(client: Client, host: string): Promise<boolean> {
  const { workersInfo } = await client.workflowService.listWorkers({
    namespace: client.options.namespace,
    query: `TaskQueue="${hostTaskQueue(host)}"`,
  });
  const deadline = Date.now() - 3 * workerHeartbeatMs;
  return (workersInfo ?? []).some(({ workerHeartbeat }) => {
    const seconds = Number(workerHeartbeat?.heartbeatTime?.seconds ?? 0);
    return seconds * 1_000 > deadline && workerHeartbeat?.status !== shuttingDown;
  });
}

/** temporal.api.enums.v1.WorkerStatus.WORKER_STATUS_SHUTDOWN */
const shuttingDown = 3;

/** Every host that has a workflow, by visibility: a second or so behind the truth. */
export async function listHosts(client: Client): Promise<HostRecord[]> {
  const hosts: HostRecord[] = [];
  for await (const { workflowId } of client.workflow.list({
    query: `WorkflowType = 'host' AND ExecutionStatus = 'Running'`,
  })) {
    hosts.push(await client.workflow.getHandle(workflowId).query(hostQuery));
  }
  return hosts;
}

/** Books a unit that a host could not be reached for. */
export async function oweToHost(client: Client, host: string, debt: Debt): Promise<void> {
  try {
    await client.workflow.getHandle(hostWorkflowId(host)).executeUpdate(addDebt, { args: [debt], updateId: debt.id });
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw ApplicationFailure.nonRetryable(`there is no host ${host} that could owe anything`, 'INTERNAL_ERROR');
  }
}
