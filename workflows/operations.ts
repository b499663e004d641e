/** One workflow type per operation, all of them the one engine: the name of an export is the name of its type. */
import { setWorkflowOptions } from '@temporalio/workflow';
import type { InstanceRecord } from '../src/model/instance.ts';
import type { EndedTask, StartedTask } from '../src/model/task.ts';
import type { RecoverInput } from '../src/operations/recover.schema.ts';
import { executeTaskOnInstance, recoverTask } from './engine/execute-task.ts';
import { versioned } from './versioning.ts';

export {
  executeTaskOnInstance as create,
  executeTaskOnInstance as delete,
  executeTaskOnInstance as start,
  executeTaskOnInstance as stop,
  executeTaskOnInstance as reboot,
  executeTaskOnInstance as pause,
  executeTaskOnInstance as unpause,
  executeTaskOnInstance as suspend,
  executeTaskOnInstance as resume,
  executeTaskOnInstance as resize,
  executeTaskOnInstance as confirmResize,
  executeTaskOnInstance as revertResize,
  executeTaskOnInstance as migrate,
  executeTaskOnInstance as rebuild,
  executeTaskOnInstance as rescue,
  executeTaskOnInstance as unrescue,
};

/** Its request was validated against the operation's schema where it was submitted. */
export const recover = (
  task: StartedTask & { readonly input: RecoverInput },
  instance: InstanceRecord,
): Promise<EndedTask> => recoverTask(task, instance, task.input);

// A task ends on the build that began it.
setWorkflowOptions(versioned('PINNED'), executeTaskOnInstance);
setWorkflowOptions(versioned('PINNED'), recover);
