import type { Client } from '@temporalio/client';
import { instanceWorkflowId } from '../model/task.ts';
import { NotFoundError } from './errors.ts';
import { call } from './gateway.ts';

/** The project that an instance belongs to, by the server alone: no workflow is woken. Throws {@link NotFoundError}. */
export async function readProject(client: Client, instanceId: string): Promise<string> {
  const workflowId = instanceWorkflowId(instanceId);
  const { typedSearchAttributes } = await call(client, workflowId, () =>
    client.workflow.getHandle(workflowId).describe(),
  );
  const projectId = typedSearchAttributes.get({ name: 'ProjectId', type: 'KEYWORD' });
  if (projectId === undefined) throw new NotFoundError(`there is no instance ${instanceId}`);
  return projectId;
}
