/** Tasks as resources: what the server-task proposal says of them, and what was added. */
import { z } from 'zod';
import { faultCatalogue } from '../../model/fault.ts';
import { endedTaskStatuses, itemStates, openTaskStatuses, taskVerbs } from '../../model/task.ts';
import { actionOf } from './actions.ts';
import { operations } from '../../operations/index.ts';
import { linkSchema } from './links.ts';

const time = z.iso.datetime();
const id = z.guid();

/** All words that a task's action can be, `HARD_REBOOT` among them. */
export const actionWords = [
  ...new Set([...Object.keys(operations).map((name) => actionOf(name)), actionOf('reboot', { type: 'HARD' })]),
];
export const actionSchema = z.enum(actionWords).describe('what the task does');
export const stateSchema = z
  .enum([...openTaskStatuses, ...endedTaskStatuses])
  .describe('QUEUED and PAUSED tasks wait; ROLLING_BACK ones take back what they did; the last five have ended');

export const faultSchema = z
  .object({
    code: z.string().describe(`stable: one of ${Object.keys(faultCatalogue).length} of the catalogue`),
    blame: z.string().describe('whose doing it is: caller, platform, host, guest or capacity'),
    retryable: z.boolean(),
    message: z.string(),
    next_action: z.string().describe('what may be done about it'),
    step: z.string().nullable(),
    for_operator: z.string().optional().describe('admins only'),
    host: z.string().nullable().optional().describe('admins only'),
    detail: z.string().nullable().optional().describe('admins only: the original message'),
  })
  .meta({ id: 'fault', description: 'why something has failed' });

const verbSchema = z.enum(taskVerbs);

const noteSchema = z.object({
  at: time,
  verb: verbSchema,
  actor: z.string(),
  reason: z.string().nullable(),
  refusal: z.string().nullable().describe('why it was not heeded; null when it was'),
});

/** What a list says of a task. */
const summaryShape = {
  id,
  action: actionSchema,
  operation: z.string().describe('the operation, in the words of `itask operations`'),
  state: stateSchema,
  server_id: id,
  created_at: time,
  started_at: time.nullable().describe('null while it waits'),
  ended_at: time.nullable(),
  actor: z.string().describe('who asked for it'),
  reason: z.string().nullable(),
  request_id: z.string(),
  _links: z.object({
    self: linkSchema,
    describedby: linkSchema,
    'rel/server_task_items': linkSchema,
    'rel/server': linkSchema,
  }),
} as const;
export const taskSummarySchema = z
  .object(summaryShape)
  .meta({ id: 'server_task_summary', description: 'a task, as lists show it' });
export type TaskSummary = z.infer<typeof taskSummarySchema>;

export const taskSchema = z
  .object({
    ...summaryShape,
    created_by: z.string().nullable().describe('id of the user; null for what the platform does by itself'),
    step: z.string().nullable().describe('the step under way'),
    progress: z.number().min(0).max(1).describe('share of the way, weighted by what its steps usually take'),
    remaining_ms: z.int().nullable().describe('how long it may still take; null where nobody can say'),
    slow: z.boolean().describe('it has worked longer than 95 % of its kind'),
    fault: faultSchema.nullable(),
    input: z.unknown().describe('as it was asked for; secrets are left out'),
    result: z.record(z.string(), z.string()).nullable().describe('what it has made: the id of an image'),
    notes: z.array(noteSchema).describe('what it was told while it waited or ran'),
    verbs: z.array(verbSchema).describe('what may be done with it now'),
    pause_requested: z.boolean(),
    start_at: time.nullable().describe('not to be started before'),
    after: id.nullable().describe('the task that is to complete before'),
    retry_of: id.nullable(),
    recovers: z.array(id),
    parent_task: id.nullable().describe('the task that it is a part of'),
    sub_tasks: z.array(id),
    loose_ends: z.boolean().describe('it has left something that was neither finished nor taken back'),
  })
  .meta({ id: 'server_task', description: 'a set of steps that are carried out on one server' });
export type TaskResource = z.infer<typeof taskSchema>;

export const itemSchema = z
  .object({
    id: z.string(),
    task_id: id,
    action: z.string().describe('the step'),
    direction: z.enum(['run', 'undo', 'force', 'check']),
    event: z.string().describe("name of the instance action's event that it belongs to"),
    state: z.enum(itemStates),
    host: z.string().nullable().describe('admins only'),
    created_at: time,
    started_at: time.nullable(),
    ended_at: time.nullable(),
    fault: faultSchema.nullable(),
  })
  .meta({ id: 'server_task_item', description: 'one step of a task, as it was or will be carried out' });
