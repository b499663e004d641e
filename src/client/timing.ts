/** When a task is to start, as callers say it. */
import { z } from 'zod';
import { milliseconds } from '../model/deadline.ts';
import type { TaskRequest } from '../model/task.ts';
import { InvalidInputError } from './errors.ts';

/** What keeps a task from starting at once. */
export interface Timing {
  /** A time with its zone, `2026-01-31T22:00:00Z`, or how long from now: `30s`, `10m`, `2h`. One that has passed is now. */
  readonly startAt?: string;
  /** Id of a task, of the same instance or any other: this one starts when that has completed, and fails when it has not. */
  readonly after?: string;
}

const longestMs = 365 * 24 * 3_600_000;

/** When a task is to start, as people write it; becomes an absolute time. */
export const startAtSchema = z
  .union(
    [
      z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
      z.iso.datetime({ offset: true, precision: -1 }).transform((text) => Date.parse(text)),
      z
        .templateLiteral([z.number(), z.enum(['ms', 's', 'm', 'h'])])
        .refine((text) => !text.startsWith('-'))
        .transform((text) => Date.now() + milliseconds(text)),
    ],
    { error: 'takes a time such as 2026-01-31T22:00:00Z, or how long from now: 30s, 10m, 2h' },
  )
  .refine((time) => time - Date.now() <= longestMs, 'takes a time within a year')
  .transform((time) => new Date(time).toISOString());

const timingSchema = z.object({
  startAt: startAtSchema.optional(),
  after: z.uuid('takes the id of a task, a UUID').toLowerCase().optional(),
});

/** The same as absolute time. Throws {@link InvalidInputError} for what is no time and no id. */
export function parseTiming(timing: Timing): Pick<TaskRequest, 'startAt' | 'after'> {
  const parsed = timingSchema.safeParse(timing);
  if (!parsed.success) {
    throw new InvalidInputError(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
  }
  const { startAt, after } = parsed.data;
  return { ...(startAt !== undefined && { startAt }), ...(after !== undefined && { after }) };
}
