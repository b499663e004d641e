import { recordOperation } from '../model/record-operation.ts';
import { livingVmStates } from '../model/states.ts';
import type { LockInput } from './lock.schema.ts';

export const lock = recordOperation<LockInput>()(
  {
    name: 'lock',
    purpose: 'Has most operations on the instance refused until it is unlocked; an operator may override that.',
    allowedFrom: livingVmStates,
    besideTasks: true,
    evenWhenLocked: true,
    describe: ({ reason }) => reason ?? '',
  },
  ({ input: { reason = null, forAdmins = false }, actor, requestedAt }) => ({
    locked: { by: actor, reason, at: requestedAt, ...(forAdmins && { forAdmins }) },
  }),
);
