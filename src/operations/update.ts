import { recordOperation } from '../model/record-operation.ts';
import { livingVmStates } from '../model/states.ts';
import type { UpdateInput } from './update.schema.ts';

/** As in Nova, a locked instance can be renamed. Its host hears of the new name when it next defines the guest. */
export const update = recordOperation<UpdateInput>()(
  {
    name: 'update',
    purpose: 'Gives the instance another name, description, hostname or access address.',
    allowedFrom: livingVmStates,
    besideTasks: true,
    evenWhenLocked: true,
    describe: ({ name, description, hostname }) =>
      [name, description, hostname].filter((word) => typeof word === 'string').join(': '),
  },
  ({ input: { name, description, hostname, accessIPv4, accessIPv6 } }) => ({
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(hostname !== undefined && { hostname }),
    ...(accessIPv4 !== undefined && { accessIPv4 }),
    ...(accessIPv6 !== undefined && { accessIPv6 }),
  }),
);
