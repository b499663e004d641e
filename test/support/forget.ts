import { WorkflowNotFoundError } from '@temporalio/client';
import { instanceWorkflowId } from '../../src/model/task.ts';
import { eventually } from './eventually.ts';
import type { Fleet } from './fleet.ts';

/** Has Temporal forget an instance, its history and all. */
export async function forget({ temporal }: Fleet, instanceId: string): Promise<void> {
  const workflowId = instanceWorkflowId(instanceId);
  const { namespace } = temporal.options;
  await temporal.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } });
  await eventually('it is forgotten', () =>
    temporal.workflow
      .getHandle(workflowId)
      .describe()
      .then(() => false)
      .catch((error: unknown) => error instanceof WorkflowNotFoundError),
  );
}
