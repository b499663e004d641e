/** The control plane's activities that are no units: what the workflows themselves need to know or to book. */
import type { Debt } from '../src/model/host.ts';
import type { InstanceOnHost } from '../src/model/host-task.ts';
import type { InstanceRecord } from '../src/model/instance.ts';
import type { Direction, EndedTask, EndedTaskStatus, TaskRequest } from '../src/model/task.ts';
import type { RecoverInput } from '../src/operations/recover.schema.ts';

/** One dispatch of a unit, as a task's history tells it. */
export interface ExecutedStep {
  readonly step: string;
  readonly direction: Direction;
  /**
   * `unknown`: dispatched, and the history ends or the unit failed before anybody learned what it did. `owed`: booked as
   * a debt of its host, and so nobody's concern any more.
   */
  readonly outcome: 'done' | 'owed' | 'unknown';
  readonly output: unknown;
}

/** One task that worked on what is to be recovered: the lost one itself, or one that tried to recover it. */
export interface ExecutedTask {
  /** What a recovery was told to do; null for the lost task. */
  readonly decision: RecoverInput | null;
  /** Oldest first. */
  readonly executed: readonly ExecutedStep[];
  /** It had begun a sub-task, and so done with its own steps: what they did stays. */
  readonly committed: boolean;
}

/** What the histories of a lost task and of its recoveries say. */
export interface TaskHistory {
  readonly request: TaskRequest;
  /** The record of the instance as the lost task was given it. */
  readonly instance: InstanceRecord;
  /** The lost task first. */
  readonly tasks: readonly ExecutedTask[];
}

export interface ControlActivities {
  /** Reads the histories of a task and of those that tried to recover it, oldest first. */
  readTaskHistory(taskIds: readonly string[]): Promise<TaskHistory>;
  /** Whether any worker of the host is alive. */
  isHostAlive(host: string): Promise<boolean>;
  /** Books a unit that the host could not be reached for. Idempotent by the debt's id. */
  oweToHost(host: string, debt: Debt): Promise<void>;
  /** The result of a task that runs on its own, for an instance that was rebuilt while it did. */
  awaitTask(taskId: string): Promise<EndedTask | null>;
  /** Ids of the instances that have room on the host, oldest claim first. */
  instancesWithRoomOn(host: string): Promise<string[]>;
  /** The instance as its host's task sees it; null when there is none, or it is deleted. */
  lookAtInstance(instanceId: string): Promise<InstanceOnHost | null>;
  /** Asks an instance for a task, behind what runs there. Why it refuses; null where it has the task. */
  submitToInstance(request: TaskRequest): Promise<string | null>;
  /** Why a task has failed, in a sentence; null where nobody knows. */
  faultOfTask(taskId: string): Promise<string | null>;
  /** Whether this workflow runs. */
  isWorkflowRunning(workflowId: string): Promise<boolean>;
  /** How a task of any instance has ended; null when there is none of that id. Fails, to be tried again, until it has. */
  endOfTask(taskId: string): Promise<EndedTaskStatus | null>;
}
