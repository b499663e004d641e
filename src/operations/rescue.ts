import { operation } from '../model/operation.ts';
import type { RescueInput } from './rescue.schema.ts';
import { createDisk, defineGuest, powerOffGuest, removeDisk, shutDownGuest, startGuest } from './units.ts';
import { definitionOf, hostOf, mayRun, needsHost, rescueDefinitionOf, residenceOf } from './where.ts';

const event = 'compute_rescue_instance';
const taskState = 'rescuing';
const rescueDisk = (taskId: string) => `${taskId}-rescue`;

/** Every step can be taken back, so a rescue that fails leaves the instance as it was; Nova leaves it in ERROR. */
export const rescue = operation<RescueInput>()({
  name: 'rescue',
  purpose: 'Starts the instance from a fresh system, with its own disk beside it to be repaired.',
  allowedFrom: ['active', 'stopped', 'error'],
  refusal: needsHost,
  describe: ({ image }) => (image === undefined ? '' : `from ${image}`),
})
  .step('disk', {
    taskState,
    event,
    deadline: '30m',
    unit: createDisk,
    on: hostOf,
    with: ({ input, instance, taskId }) => ({
      disk: rescueDisk(taskId),
      image: input.image ?? instance.image,
      sizeGb: instance.flavor.diskGb,
    }),
    undo: { unit: removeDisk, on: hostOf, with: ({ taskId }) => ({ disk: rescueDisk(taskId) }) },
  })
  .stepIf('shutDown', {
    when: ({ instance }) => instance.vmState === 'active',
    taskState,
    event,
    deadline: '5m',
    unit: shutDownGuest,
    on: hostOf,
    with: () => ({ timeoutSeconds: 60 }),
    undo: { unit: startGuest, on: hostOf, with: () => ({}) },
  })
  .stepIf('powerOff', {
    when: (context) => mayRun(context) && context.shutDown?.off !== true,
    taskState,
    event,
    deadline: '5m',
    unit: powerOffGuest,
    on: hostOf,
    with: () => ({}),
  })
  .stepIf('removeLeftover', {
    // Of an earlier rescue that ended in error.
    when: ({ instance }) => instance.residence?.rescueDisk !== undefined,
    taskState,
    event,
    deadline: '10m',
    unit: removeDisk,
    on: hostOf,
    with: ({ instance }) => ({ disk: residenceOf(instance).rescueDisk ?? '' }),
  })
  .step('define', {
    taskState,
    event,
    deadline: '2m',
    unit: defineGuest,
    on: hostOf,
    with: ({ instance, taskId }) => rescueDefinitionOf(instance, rescueDisk(taskId)),
    undo: { unit: defineGuest, on: hostOf, with: ({ instance }) => definitionOf(instance) },
  })
  .step('boot', {
    taskState,
    event,
    deadline: '5m',
    unit: startGuest,
    on: hostOf,
    with: () => ({}),
    undo: { unit: powerOffGuest, on: hostOf, with: () => ({}) },
  })
  .commits(['rescued'], ({ instance, taskId, boot }) => ({
    vmState: 'rescued',
    powerState: boot.powerState,
    residence: { ...residenceOf(instance), rescueDisk: rescueDisk(taskId) },
  }));
