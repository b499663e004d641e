import type { InstanceRecord } from '../model/instance.ts';
import { recordOperation } from '../model/record-operation.ts';
import { livingVmStates } from '../model/states.ts';
import type { ResetStateInput } from './reset-state.schema.ts';
import { needsHost } from './where.ts';

/** What `active` means for an instance with something to be decided or left: Nova would strand that. */
function soundVmState({ pendingResize, residence, shelved }: InstanceRecord) {
  if (pendingResize !== null) return 'resized';
  if (shelved) return 'shelved';
  return residence?.rescueDisk === undefined ? 'active' : 'rescued';
}

export const resetState = recordOperation<ResetStateInput>()(
  {
    name: 'resetState',
    purpose: 'Has the record say that the instance is active, or in error, whatever it is; touches nothing else.',
    allowedFrom: livingVmStates,
    leadsTo: ['active', 'resized', 'rescued', 'shelved', 'error'],
    evenWhenLocked: true,
    refusal: ({ input, instance }) => (input.state === 'active' ? needsHost({ instance }) : null),
    describe: ({ state }) => `to ${state}`,
  },
  ({ input, instance }) => ({ vmState: input.state === 'error' ? 'error' : soundVmState(instance) }),
);
