/** `POST /servers/{id}/action`: one key that names the action; its value is what the action takes. */
import { z } from 'zod';
import type { OperationName } from '../../operations/index.ts';
import { BadRequest } from '../http-error.ts';

interface NovaAction {
  readonly operation: Exclude<OperationName, 'create'>;
  /** What the operation takes of the value of the key. Where absent, any value will do and nothing is taken of it. */
  readonly takes?: z.ZodType<Readonly<Record<string, unknown>>>;
  /** 202 where absent. */
  readonly answers?: 204;
}

const nothing = z.null().transform(() => ({}));
const host = z.string().min(1).max(255);

const novaActions: ReadonlyMap<string, NovaAction> = new Map<string, NovaAction>([
  ['os-start', { operation: 'start' }],
  ['os-stop', { operation: 'stop' }],
  ['pause', { operation: 'pause' }],
  ['unpause', { operation: 'unpause' }],
  ['suspend', { operation: 'suspend' }],
  ['resume', { operation: 'resume' }],
  ['unrescue', { operation: 'unrescue' }],
  ['confirmResize', { operation: 'confirmResize', answers: 204 }],
  ['revertResize', { operation: 'revertResize' }],
  ['shelve', { operation: 'shelve' }],
  ['shelveOffload', { operation: 'shelveOffload' }],
  ['unlock', { operation: 'unlock' }],
  ['restore', { operation: 'restore' }],
  ['forceDelete', { operation: 'forceDelete' }],
  ['trigger_crash_dump', { operation: 'triggerCrashDump', takes: nothing }],
  [
    'reboot',
    {
      operation: 'reboot',
      takes: z.strictObject({
        type: z.enum(['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']).transform((type) => type.toUpperCase()),
      }),
    },
  ],
  [
    'lock',
    {
      operation: 'lock',
      takes: z
        .strictObject({ locked_reason: z.string().min(1).max(255).optional() })
        .nullable()
        .transform((body) => (body?.locked_reason === undefined ? {} : { reason: body.locked_reason })),
    },
  ],
  ['os-resetState', { operation: 'resetState', takes: z.strictObject({ state: z.enum(['active', 'error']) }) }],
  [
    'migrate',
    {
      operation: 'migrate',
      takes: z
        .strictObject({ host: host.nullish() })
        .nullable()
        .transform((body) => (typeof body?.host === 'string' ? { host: body.host } : {})),
    },
  ],
]);

export interface RequestedAction {
  /** The word that Nova's refusals call it by. */
  readonly word: string;
  readonly operation: NovaAction['operation'];
  readonly input: Readonly<Record<string, unknown>>;
  readonly statusCode: 202 | 204;
}

/** What a body asks for. Throws {@link BadRequest}. */
export function toRequestedAction(body: Readonly<Record<string, unknown>>): RequestedAction {
  const [[key, value] = ['', null], ...others] = Object.entries(body);
  if (others.length > 0) throw new BadRequest('a request asks for one action');
  const action = novaActions.get(key);
  if (action === undefined) throw new BadRequest(`there is no action ${key}`);
  const { operation, takes, answers: statusCode = 202 } = action;
  const input = takes?.safeParse(value) ?? { success: true, data: {} };
  if (!input.success) throw new BadRequest(`Invalid input for field/attribute ${key}. ${z.prettifyError(input.error)}`);
  return { word: key.replace(/^os-/, ''), operation, input: input.data, statusCode };
}
