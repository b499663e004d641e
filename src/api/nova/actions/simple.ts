/** Actions that ask for a task and say no more. */
import { z } from 'zod';
import { isAdmin } from '../../../authentication/caller.ts';
import type { OperationName } from '../../../operations/index.ts';
import { HttpError } from '../../http-error.ts';
import { forbiddenByPolicy } from '../policy-words.ts';
import { accepted, action, type Action, type Answer } from './action.ts';

/** Nova looks at the value of these actions not at all. */
const anything = z.unknown();

const simple = (operation: Exclude<OperationName, 'create'>, answer: Answer = accepted): Action =>
  action({
    takes: () => anything,
    act: async (_value, { ask }) => {
      await ask(operation, {});
      return answer;
    },
  });

const rebootTypes = ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft'] as const;

const reboot = action({
  takes: () => z.strictObject({ type: z.enum(rebootTypes).transform((type) => type.toUpperCase()) }),
  act: async ({ type }, { ask }) => {
    await ask('reboot', { type });
    return accepted;
  },
});

const lock = action({
  takes: (version) =>
    version >= 73 ? z.strictObject({ locked_reason: z.string().min(1).max(255).optional() }).nullable() : anything,
  act: async (value, { ask, caller }) => {
    const reason = z.object({ locked_reason: z.string() }).safeParse(value).data?.locked_reason;
    await ask('lock', { ...(reason !== undefined && { reason }), ...(isAdmin(caller) && { forAdmins: true }) });
    return accepted;
  },
});

const resetState = action({
  takes: () => z.strictObject({ state: z.enum(['active', 'error']) }),
  act: async ({ state }, { ask }) => {
    await ask('resetState', { state });
    return accepted;
  },
});

const changePassword = action({
  takes: () => z.strictObject({ adminPass: z.string() }),
  act: async ({ adminPass }, { ask }) => {
    await ask('changePassword', { adminPass });
    return accepted;
  },
});

const triggerCrashDump = action({
  since: 17,
  takes: () => z.null(),
  act: async (_value, { ask }) => {
    await ask('triggerCrashDump', {});
    return accepted;
  },
});

/** Nova's drivers that do not inject files do nothing either. */
const injectNetworkInfo = action({
  takes: () => anything,
  act: async (_value, { caller }) => {
    if (!isAdmin(caller)) throw forbiddenByPolicy('os-admin-actions:inject_network_info');
    return accepted;
  },
});

const resetNetwork = action({
  takes: () => anything,
  act: async () => {
    throw new HttpError(410, 'GONE', 'This resource is no longer available. No forwarding address is given.');
  },
});

/** By the key of the request. */
export const simpleActions: Readonly<Record<string, Action>> = {
  'os-start': simple('start'),
  'os-stop': simple('stop'),
  pause: simple('pause'),
  unpause: simple('unpause'),
  suspend: simple('suspend'),
  resume: simple('resume'),
  unrescue: simple('unrescue'),
  confirmResize: simple('confirmResize', { statusCode: 204 }),
  revertResize: simple('revertResize'),
  shelve: simple('shelve'),
  shelveOffload: simple('shelveOffload'),
  unlock: simple('unlock'),
  restore: simple('restore'),
  forceDelete: simple('forceDelete'),
  trigger_crash_dump: triggerCrashDump,
  reboot,
  lock,
  'os-resetState': resetState,
  changePassword,
  injectNetworkInfo,
  resetNetwork,
};
