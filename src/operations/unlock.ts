import { recordOperation } from '../model/record-operation.ts';
import { livingVmStates } from '../model/states.ts';
import type { NoInput } from './no-input.schema.ts';

export const unlock = recordOperation<NoInput>()(
  {
    name: 'unlock',
    purpose: 'Lets operations on a locked instance start again.',
    allowedFrom: livingVmStates,
    besideTasks: true,
    evenWhenLocked: true,
  },
  () => ({ locked: null }),
);
