import { livingVmStates } from '../model/states.ts';
import { removal } from './removal.ts';

export const deleteInstance = removal({
  name: 'delete',
  purpose: 'Ends the instance for good: its guest, disks, port and claims are gone.',
  allowedFrom: livingVmStates,
});
