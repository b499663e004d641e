/** An instance that has lost its workflow is brought back. */
import type { Client } from '@temporalio/client';
import type { InstanceRecord } from '../model/instance.ts';
import { instanceWorkflowId } from '../model/task.ts';
import { instanceStateQuery } from '../../workflows/messages.ts';
import { RefusedError } from './errors.ts';
import { call, query } from './gateway.ts';
import { rebuildFromHost } from './rebuild-from-host.ts';
import { notLost, startAgain } from './start-again.ts';

/**
 * Starts the workflow of an instance again with all that its last run knew; a task that was running goes on by itself
 * meanwhile and is waited for. Where a host is named it is asked instead. Throws when the instance is not lost.
 */
export async function rebuildInstance(client: Client, instanceId: string, fromHost?: string): Promise<InstanceRecord> {
  if (fromHost !== undefined) return rebuildFromHost(client, instanceId, fromHost);
  const workflowId = instanceWorkflowId(instanceId);
  const { status } = await call(client, workflowId, () => client.workflow.getHandle(workflowId).describe());
  if (status.name === 'RUNNING' || status.name === 'COMPLETED') {
    throw status.name === 'RUNNING' ? notLost(instanceId) : new RefusedError(`instance ${instanceId} was deleted`);
  }
  return startAgain(client, await query(client, workflowId, instanceStateQuery));
}
