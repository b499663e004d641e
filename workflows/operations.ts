/** One workflow type per operation, all of them the one engine: what is no type of another workflow is the name of an operation. */
import { ApplicationFailure, setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { InstanceRecord } from '../src/model/instance.ts';
import type { EndedTask, StartedTask } from '../src/model/task.ts';
import { isOperationName } from '../src/operations/index.ts';
import type { RecoverInput } from '../src/operations/recover.schema.ts';
import { executeTaskOnInstance, recoverTask } from './engine/execute-task.ts';
import { versioned } from './versioning.ts';

/** Carries out the operation that the workflow type names. Fails for good when there is none of that name. */
export default function operation(task: StartedTask, instance: InstanceRecord): Promise<EndedTask> {
  const { workflowType } = workflowInfo();
  if (isOperationName(workflowType)) return executeTaskOnInstance(task, instance);
  throw ApplicationFailure.nonRetryable(`there is neither a workflow nor an operation ${workflowType}`);
}

/** Its request was validated against the operation's schema where it was submitted. */
export const recover = (
  task: StartedTask & { readonly input: RecoverInput },
  instance: InstanceRecord,
): Promise<EndedTask> => recoverTask(task, instance, task.input);

// A task ends on the build that began it.
setWorkflowOptions(versioned('PINNED'), operation);
setWorkflowOptions(versioned('PINNED'), recover);
