import { livingVmStates } from '../model/states.ts';
import { removal } from './removal.ts';

/** Nova's word for ending what is softly deleted before its time. It takes the same steps as delete, from any state. */
export const forceDelete = removal({
  name: 'forceDelete',
  purpose: 'Ends the instance for good, also one that is only softly deleted: nothing of it is left.',
  allowedFrom: livingVmStates,
});
