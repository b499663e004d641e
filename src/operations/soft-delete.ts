import { operation } from '../model/operation.ts';
import { initialVmState, livingVmStates } from '../model/states.ts';
import type { NoInput } from './no-input.schema.ts';
import { powerOff, shutDown } from './power-steps.ts';
import { mayRun } from './where.ts';

const shown = { taskState: 'soft-deleting', event: 'compute_soft_delete_instance' } as const;

export const softDelete = operation<NoInput>()({
  name: 'softDelete',
  purpose: 'Switches the instance off and puts it aside, with all that it has: restore brings it back.',
  allowedFrom: livingVmStates.filter((state) => state !== initialVmState && state !== 'soft-delete'),
  refusal: ({ instance }) =>
    instance.launchedAt === null ? 'it has never run, so there is nothing to bring back; delete it' : null,
})
  .stepIf('shutDown', { ...shutDown(shown), when: ({ instance }) => instance.powerState === 'RUNNING' })
  .stepIf('powerOff', {
    ...powerOff(shown),
    // A suspended guest is off, with its memory on disk.
    when: (context) => mayRun(context) && context.instance.powerState !== 'SUSPENDED' && context.shutDown?.off !== true,
  })
  .commits(['soft-delete'], ({ instance, shutDown: shut, powerOff: off }) => ({
    vmState: 'soft-delete',
    powerState: off?.powerState ?? shut?.powerState ?? instance.powerState,
    softDeletion: {
      vmState: instance.vmState,
      ran: instance.powerState === 'RUNNING' || instance.powerState === 'PAUSED',
    },
  }));
