/** What a task is asked for with. */
import { z } from 'zod';
import { startAtSchema } from '../../client/timing.ts';
import type { OperationName } from '../../operations/index.ts';
import { inputSchemaOf } from '../../operations/schemas.ts';
import { hardReboot, operationsByAction } from './actions.ts';

/** Stays text here: what it means is made of it where the task is asked for. */
const startAt = z.string().superRefine((text, context) => {
  const [wrong] = startAtSchema.safeParse(text).error?.issues ?? [];
  if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong.message });
});

const common = {
  reason: z.string().max(1_000).optional().describe('why; kept with the task'),
  start_at: startAt.optional().describe('not before: an ISO 8601 time, or how long from now: 30s, 10m, 2h'),
  after: z.guid().optional().describe('not before that task has completed; fails when it does not'),
  queue: z.boolean().default(false).describe('wait for one’s turn where a running task would make the request fail'),
  override_lock: z.boolean().default(false).describe('admins only: take no notice of a lock'),
} as const;

/** In requests flavors are named; what they are is the operator's to say. */
function inputOf(operation: OperationName) {
  const { shape } = inputSchemaOf(operation);
  const named = 'flavor' in shape ? { ...shape, flavor: z.string().min(1).describe('name of the flavor') } : shape;
  return z.strictObject(named);
}

const isOptional = (schema: z.ZodType): boolean => schema.safeParse({}).success;

function bodyOf(action: string, input: z.ZodObject) {
  const described = input.describe(`what ${action} takes`);
  return z.strictObject({
    action: z.literal(action),
    input: isOptional(input) ? described.prefault({}) : described,
    ...common,
  });
}

const bodies = [...operationsByAction]
  .filter(([, operation]) => operation !== 'reboot')
  .map(([action, operation]) => bodyOf(action, inputOf(operation)));

/** A task as it is asked for. The kind of a reboot is in its word, as in the proposal. */
export const newTaskSchema = z
  .discriminatedUnion('action', [
    bodyOf('REBOOT', z.strictObject({})),
    bodyOf(hardReboot, z.strictObject({})),
    ...bodies,
  ])
  .meta({ id: 'new_server_task', description: 'a task as it is asked for' });
export type NewTask = z.infer<typeof newTaskSchema>;

/** The operation with its input that a task is asked for with. */
export function toRequested({ action, input }: Pick<NewTask, 'action' | 'input'>): {
  readonly operation: Exclude<OperationName, 'create'>;
  readonly input: unknown;
} {
  if (action === 'REBOOT') return { operation: 'reboot', input: { type: 'SOFT' } };
  if (action === hardReboot) return { operation: 'reboot', input: { type: 'HARD' } };
  const operation = operationsByAction.get(action);
  if (operation === undefined) throw new Error(`no operation is called ${action}, which the schema has let pass`);
  return { operation, input };
}
