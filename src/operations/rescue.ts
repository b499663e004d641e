import { operation, type TaskContext } from '../model/operation.ts';
import { makeDisk, removeRescueLeftover, withPassword } from './disk-steps.ts';
import { boot, mayStillRun, powerOff, redefine, shutDown, wasActive } from './power-steps.ts';
import type { RescueInput } from './rescue.schema.ts';
import { definitionOf, hostOf, needsHost, rescueDefinitionOf, residenceOf } from './where.ts';

const shown = { taskState: 'rescuing', event: 'compute_rescue_instance' } as const;
const rescueDisk = (taskId: string) => `${taskId}-rescue`;

const wantedDisk = ({ input, instance, taskId }: TaskContext<RescueInput>) => ({
  disk: rescueDisk(taskId),
  image: input.image ?? instance.image,
  sizeGb: instance.flavor.diskGb,
  ...withPassword(input),
});

/** Every step but the last can be taken back, so a rescue that fails leaves the instance as it was; Nova leaves it in ERROR. */
export const rescue = operation<RescueInput>()({
  name: 'rescue',
  purpose: 'Starts the instance from a fresh system, with its own disk beside it to be repaired.',
  allowedFrom: ['active', 'stopped', 'error'],
  refusal: needsHost,
  describe: ({ image }) => (image === undefined ? '' : `from ${image}`),
})
  .step('disk', makeDisk(shown, hostOf, wantedDisk))
  .stepIf('shutDown', { ...shutDown(shown), when: wasActive })
  .stepIf('powerOff', { ...powerOff(shown), when: mayStillRun })
  .step(
    'define',
    redefine(
      shown,
      ({ instance, taskId }) => rescueDefinitionOf(instance, rescueDisk(taskId)),
      ({ instance }) => definitionOf(instance),
    ),
  )
  .step('boot', boot(shown, hostOf))
  .stepIf('removeLeftover', removeRescueLeftover(shown))
  .commits(['rescued'], ({ instance, taskId, boot: { powerState } }) => ({
    vmState: 'rescued',
    powerState,
    residence: { ...residenceOf(instance), rescueDisk: rescueDisk(taskId) },
  }));
