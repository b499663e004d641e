import type { RecordChanges } from '../model/instance.ts';
import { operation, subTask, type TaskContext } from '../model/operation.ts';
import { followUp } from './follow-up.ts';
import { newImage, upload } from './image-steps.ts';
import { powerOff, refusedToShutDown, shutDown } from './power-steps.ts';
import { shelveOffload } from './shelve-offload.ts';
import type { ShelveInput } from './shelve.schema.ts';
import { shelvedOf } from './shelved.ts';
import { pauseGuest, removeImages, unpauseGuest } from './units/index.ts';
import { hostOf, mayRun, needsHost, type OfInstance } from './where.ts';

const event = 'compute_shelve_instance';
const shown = { taskState: 'shelving', event } as const;

const nothing = () => ({});
const isSuspended = ({ instance }: OfInstance) => instance.vmState === 'suspended';

/** A paused guest could not shut down. */
const thaw = {
  ...shown,
  when: ({ instance }: OfInstance) => instance.vmState === 'paused',
  deadline: '2m',
  unit: unpauseGuest,
  on: hostOf,
  with: nothing,
  undo: { unit: pauseGuest, on: hostOf, with: nothing },
} as const;

/** Of an instance that came back by other ways than unshelve. */
const removeLeftover = {
  ...shown,
  when: ({ instance }: OfInstance) => Boolean(instance.shelved),
  deadline: '10m',
  unit: removeImages,
  on: hostOf,
  with: ({ instance }: OfInstance) => ({ images: [shelvedOf(instance).image] }),
} as const;

const offloadedLater = ({ offloadAfterSeconds: afterSeconds }: ShelveInput): Pick<RecordChanges, 'followUp'> =>
  afterSeconds === null || afterSeconds === 0
    ? {}
    : { followUp: followUp(shelveOffload, {}, { afterSeconds, of: 'shelve' }) };

/** Every step can be taken back; Nova leaves an instance whose shelve failed switched off, and its image behind. */
export const shelve = operation<ShelveInput>()({
  name: 'shelve',
  purpose: 'Puts the instance away: its disk becomes an image, from which unshelve brings it back.',
  allowedFrom: ['active', 'stopped', 'paused', 'suspended'],
  refusal: needsHost,
  describe: ({ offloadAfterSeconds }) => (offloadAfterSeconds === 0 ? '' : 'stays on its host'),
})
  .stepIf('thaw', thaw)
  // What a suspended guest has in memory stays on the host until it is offloaded.
  .stepIf('shutDown', { ...shutDown(shown), when: (context) => mayRun(context) && !isSuspended(context) })
  .stepIf('powerOff', { ...powerOff(shown), when: refusedToShutDown })
  .stepIf('removeLeftover', removeLeftover)
  .step(
    'upload',
    upload(
      { taskState: 'shelving_image_uploading', event },
      ({ instance }: TaskContext<ShelveInput>) => `${instance.name}-shelved`,
    ),
  )
  .commits(
    ['shelved'],
    (context) => ({
      vmState: 'shelved',
      powerState: isSuspended(context) ? 'SUSPENDED' : 'SHUTDOWN',
      shelved: { image: newImage(context), host: hostOf(context) },
      ...offloadedLater(context.input),
    }),
    [subTask(shelveOffload, { when: ({ input }) => input.offloadAfterSeconds === 0, with: () => ({}) })],
  );
