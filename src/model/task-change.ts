import type { Direction, Task, TaskStatus } from './task.ts';

interface Change {
  /** Where to go on watching after this change. Compare for equality only. */
  readonly cursor: string;
  readonly at: string;
}

/** Something that became of a task, as watchers are told. */
export type TaskChange =
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
  | (Change & {
      readonly kind: 'progress';
      readonly step: string;
      readonly direction: Direction;
      readonly share: number;
      readonly attempt: number;
    })
  | (Change & { readonly kind: 'ended'; readonly task: Task });
