/** What may be known beforehand: what a task would do, and what its cancel would. */
import { z } from 'zod';
import { itemStates, taskVerbs } from '../../model/task.ts';
import { stateSchema } from './task.schema.ts';

const milliseconds = z.int().min(0);

/** Either known already, or only once a step has run. */
const foreseen = <Schema extends z.ZodType>(value: Schema) =>
  z.object({
    value: value.nullable(),
    depends_on: z.string().nullable().describe('the step that must have run before it can be said'),
  });

const pastSchema = z
  .object({
    median_ms: milliseconds,
    high_ms: milliseconds.describe('95 % took no longer'),
    count: z.int().describe('of so many'),
  })
  .nullable()
  .describe('null where there was nothing yet');

const taskInTheWaySchema = z.object({
  id: z.string(),
  action: z.string(),
  state: stateSchema,
  step: z.string().nullable(),
  started_at: z.string().nullable(),
  verbs: z.array(z.enum(taskVerbs)).readonly(),
});

const plannedStepSchema = z.object({
  name: z.string(),
  unit: z.string().describe('what it runs'),
  applies: foreseen(z.boolean()),
  host: foreseen(z.string()).optional().describe('admins only; null for the control plane'),
  past: pastSchema,
  deadline: z.string(),
  undo: z.string().nullable().describe('the unit that takes it back'),
  point_of_no_return: z.boolean(),
  irreversible: z.string().nullable().describe('what no undo brings back'),
});

export const planSchema = z
  .object({
    action: z.string().describe('the operation, in the words of `itask operations`'),
    instance_id: z.string(),
    could_start: z.boolean().describe('it would not be refused, and there is room for it'),
    verdict: z.enum(['start', 'record', 'queue', 'supersede', 'deliver', 'refuse']),
    problem: z
      .object({ type: z.string(), message: z.string(), task_in_the_way: taskInTheWaySchema.optional() })
      .nullable()
      .describe('why it would be refused'),
    capacity: z.array(
      z.object({
        step: z.string(),
        has_room: z.boolean(),
        refusal: z.string().nullable(),
        detail: z.string().nullable().optional().describe('admins only'),
        host: z.string().nullable().optional().describe('admins only'),
      }),
    ),
    steps: z.array(plannedStepSchema),
    past: pastSchema,
    sub_tasks: z.array(z.object({ name: z.string(), applies: foreseen(z.boolean()) })),
  })
  .meta({ id: 'plan', description: 'what a task would do; nothing of it is done' });

export const cancelPreviewSchema = z
  .object({
    task_id: z.string(),
    action: z.string(),
    state: stateSchema,
    refusal: z.string().nullable().describe('why a cancel would be refused; null when it would be heeded'),
    done: z.array(z.object({ name: z.string(), state: z.enum(itemStates) })).readonly(),
    to_undo: z
      .array(z.object({ name: z.string(), unit: z.string(), usual_ms: milliseconds.nullable() }))
      .describe('in the order in which they would be taken back'),
    irreversible: z
      .array(z.object({ step: z.string(), text: z.string() }))
      .readonly()
      .describe('what no undo brings back'),
    expected_ms: milliseconds.nullable().describe('about how long the way back takes'),
  })
  .meta({ id: 'cancel_preview', description: 'what a cancel of the task would do now' });
