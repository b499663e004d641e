import { proxySinks, type Sinks } from '@temporalio/workflow';
import type { Durations } from '../src/model/durations.ts';

/** What workflows tell their worker in passing: no event, nothing to wait for, and silence on replay. */
export interface TaskSinks extends Sinks {
  readonly durations: {
    /** What an ended task has taken. Told again when the workflow task that told it is tried again: good for statistics. */
    learn(lessons: Durations): void;
  };
}

export const { durations } = proxySinks<TaskSinks>();
