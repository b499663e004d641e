/**
 * The client SDK of Instance Tasks.
 *
 * @module
 */
export { InstanceTasks } from './client.ts';
export type { InstanceTasksOptions } from './instance-tasks-options.ts';
export type { NewInstance, OperationInput } from './operation-input.ts';
export type { ViewOptions } from './actions.ts';
export type { ConnectOptions } from './connect.ts';
export type { ConsoleOptions } from './console.ts';
export type { FollowConsoleOptions } from './follow-console.ts';
export type { HostTaskRequestOptions, HostTasks } from './host-tasks.ts';
export type { Catalogue } from './input.ts';
export type { KeyPairs } from './key-pairs.ts';
export type { InstanceFilter, TaskFilter } from './lists.ts';
export type { Page, PageOptions } from './visibility.ts';
export type { InstanceRow, TaskRow } from './rows.ts';
export type { SubmitOptions } from './submit.ts';
export type { WatchOptions } from './watch.ts';
export type { LiveWorker } from './workers.ts';
export * from './errors.ts';
export type { Blame, Fault, FaultCode } from '../model/fault.ts';
export type { CancelPreview } from '../model/cancel-preview.ts';
export type { OperationDurations } from '../model/durations.ts';
export type { HostRecord } from '../model/host.ts';
export type { HostTask, HostTaskKind, HostTaskPart, HostTaskProblem, HostTaskStatus } from '../model/host-task.ts';
export type {
  InstanceAction,
  InstanceActionDetail,
  InstanceActionEvent,
  InstanceFault,
} from '../model/instance-action.ts';
export type { Attachments, NetworkInterface, VolumeAttachment } from '../model/attachments.ts';
export type { KeyPair } from '../model/key-pair.ts';
export type { Flavor, InstanceRecord } from '../model/instance.ts';
export type { Problem, TaskInTheWay } from '../model/problem.ts';
export type { Outlook } from '../model/progress.ts';
export type { PowerState, TaskState, VmState } from '../model/states.ts';
export type { TaskChange } from '../model/task-change.ts';
export type { Item, ItemState, Note, Task, TaskStatus, TaskVerb } from '../model/task.ts';
export type { OperationName } from '../operations/index.ts';
export { SecretKeys } from '../secrets/secret-keys.ts';
export type { CapacityCheck, Plan, PlannedStep } from '../operations/plan.ts';
