import type { Outlook, UnitProgress } from './progress.ts';
import type { Direction, Task, TaskStatus } from './task.ts';

interface Change {
  /** Where to go on watching after this change. Compare for equality only. */
  readonly cursor: string;
  readonly at: string;
  /** The sub-task that it is about; absent where it is the task that is watched. */
  readonly subTask?: { readonly id: string; readonly operation: string };
}

/** Something that became of a task. */
export type TaskTransition =
  | (Change & { readonly kind: 'status'; readonly status: TaskStatus })
  | (Change & {
      readonly kind: 'step';
      readonly step: string;
      readonly direction: Direction;
      readonly state: 'RUNNING' | 'COMPLETED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
    })
  /**
   * How much of the running unit is done, 0 to 1, and in which attempt: sampled from its heartbeats, so its cursor is
   * that of the change before.
   */
  | (Change & UnitProgress & { readonly kind: 'progress' })
  | (Change & { readonly kind: 'ended'; readonly task: Task });

/** The same as watchers are told of it: with what lies ahead of the task since. */
export type TaskChange = TaskTransition & { readonly outlook: Outlook };
