import type { Item, Task } from '../../src/model/task.ts';

/** An item of a sample task: a completed run of the step where nothing else is said. */
export const sampleItem = (step: string, change: Partial<Item> = {}): Item => ({
  id: step,
  step,
  direction: 'run',
  unit: `${step}Unit`,
  event: 'event',
  state: 'COMPLETED',
  host: null,
  startedAt: null,
  endedAt: null,
  fault: null,
  activityId: null,
  ...change,
});

/** What of a task its hosts owe: `undo plug on host-1`. */
export const owed = ({ items }: Task): string[] =>
  items.filter(({ state }) => state === 'OWED').map(({ step, direction, host }) => `${direction} ${step} on ${host}`);

/** The same, with when it began and ended in milliseconds since the task did. */
export const timedItem = (step: string, fromMs: number, toMs: number, change: Partial<Item> = {}): Item =>
  sampleItem(step, { startedAt: at(fromMs), endedAt: at(toMs), ...change });

/** A moment, so many milliseconds after sample tasks begin. */
export const at = (ms: number): string => new Date(Date.parse('2026-01-01T00:00:00.000Z') + ms).toISOString();
