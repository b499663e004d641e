import type { RecordChanges } from '../model/instance.ts';
import { operation } from '../model/operation.ts';
import { initialVmState, livingVmStates } from '../model/states.ts';
import { followUp } from './follow-up.ts';
import { forceDelete } from './force-delete.ts';
import { mayStillRun, powerOff, shutDown } from './power-steps.ts';
import type { SoftDeleteInput } from './soft-delete.schema.ts';
import { pauseGuest, unpauseGuest } from './units/index.ts';
import { hostOf, type OfInstance } from './where.ts';

const shown = { taskState: 'soft-deleting', event: 'compute_soft_delete_instance' } as const;

const runs = ({ instance }: OfInstance) => instance.powerState === 'RUNNING';
const isPaused = ({ instance }: OfInstance) => instance.powerState === 'PAUSED';
/** Off, with its memory on disk. */
const isSuspended = ({ instance }: OfInstance) => instance.powerState === 'SUSPENDED';

const reclaimedLater = ({ reclaimAfterSeconds: afterSeconds }: SoftDeleteInput): Pick<RecordChanges, 'followUp'> =>
  afterSeconds === undefined ? {} : { followUp: followUp(forceDelete, {}, { afterSeconds, of: 'softDelete' }) };

export const softDelete = operation<SoftDeleteInput>()({
  name: 'softDelete',
  purpose: 'Switches the instance off and puts it aside, with all that it has: restore brings it back.',
  allowedFrom: livingVmStates.filter((state) => state !== initialVmState && state !== 'soft-delete'),
  refusal: ({ instance }) =>
    instance.launchedAt === null ? 'it has never run, so there is nothing to bring back; delete it' : null,
})
  // A paused guest is woken, so that it can put down what it has in memory.
  .stepIf('wake', {
    ...shown,
    when: isPaused,
    deadline: '2m',
    unit: unpauseGuest,
    on: hostOf,
    with: () => ({}),
    undo: { unit: pauseGuest, on: hostOf, with: () => ({}) },
  })
  .stepIf('shutDown', { ...shutDown(shown), when: (context) => runs(context) || isPaused(context) })
  .stepIf('powerOff', { ...powerOff(shown), when: (context) => mayStillRun(context) && !isSuspended(context) })
  .commits(['soft-delete'], (context) => ({
    vmState: 'soft-delete',
    powerState: context.powerOff?.powerState ?? context.shutDown?.powerState ?? context.instance.powerState,
    softDeletion: { vmState: context.instance.vmState, ran: runs(context) || isPaused(context) },
    ...reclaimedLater(context.input),
  }));
