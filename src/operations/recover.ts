import { operation } from '../model/operation.ts';
import { livingVmStates, vmStates } from '../model/states.ts';
import type { RecoverInput } from './recover.schema.ts';

/**
 * Has no steps of its own: the engine reads from the history of the task that it recovers which steps were dispatched,
 * and takes each back, or beyond the point of no return goes on to the end. It commits what that task would have.
 */
export const recover = operation<RecoverInput>()({
  name: 'recover',
  kind: 'recovery',
  evenWhenLocked: true,
  purpose: 'Ties up the loose ends of a task that was ended from outside or could not be rolled back.',
  allowedFrom: livingVmStates,
  describe: ({ decision, step }) => (decision === 'retry' ? 'retry' : `${decision} ${step ?? ''}`.trim()),
}).commits([...vmStates], ({ instance }) => ({ vmState: instance.vmState }));
