import type { InstanceRecord } from '../model/instance.ts';
import { operation } from '../model/operation.ts';
import type { RebuildInput } from './rebuild.schema.ts';
import { createDisk, defineGuest, powerOffGuest, removeDisk, shutDownGuest, startGuest } from './units.ts';
import { definitionOf, hostOf, mayRun, needsHost, residenceOf } from './where.ts';

const event = 'compute_rebuild_instance';

interface OfInstance {
  readonly instance: InstanceRecord;
}
const wasActive = ({ instance }: OfInstance) => instance.vmState === 'active';
const wasStopped = ({ instance }: OfInstance) => instance.vmState === 'stopped';
const newDisk = (taskId: string) => `${taskId}-disk`;

/** Nova removes the old disk first. Here it is whole until the new one has booted, and a failure loses nothing. */
export const rebuild = operation<RebuildInput>()({
  name: 'rebuild',
  purpose: 'Gives the instance a new disk made from an image; what was on the old one is lost.',
  allowedFrom: ['active', 'stopped', 'error'],
  refusal: needsHost,
  describe: ({ image }) => `from ${image}`,
})
  .step('disk', {
    taskState: 'rebuilding',
    event,
    deadline: '30m',
    unit: createDisk,
    on: hostOf,
    with: ({ input, instance, taskId }) => ({
      disk: newDisk(taskId),
      image: input.image,
      sizeGb: instance.flavor.diskGb,
    }),
    undo: { unit: removeDisk, on: hostOf, with: ({ taskId }) => ({ disk: newDisk(taskId) }) },
  })
  .stepIf('shutDown', {
    when: wasActive,
    taskState: 'rebuilding',
    event,
    deadline: '5m',
    unit: shutDownGuest,
    on: hostOf,
    with: () => ({ timeoutSeconds: 60 }),
    undo: { unit: startGuest, on: hostOf, with: () => ({}) },
  })
  .stepIf('powerOff', {
    when: (context) => mayRun(context) && context.shutDown?.off !== true,
    taskState: 'rebuilding',
    event,
    deadline: '5m',
    unit: powerOffGuest,
    on: hostOf,
    with: () => ({}),
  })
  .step('define', {
    taskState: 'rebuild_block_device_mapping',
    event,
    deadline: '2m',
    unit: defineGuest,
    on: hostOf,
    with: ({ instance, taskId }) => ({ ...definitionOf(instance), disk: newDisk(taskId) }),
    undo: { unit: defineGuest, on: hostOf, with: ({ instance }) => definitionOf(instance) },
  })
  .stepIf('boot', {
    when: (context) => !wasStopped(context),
    taskState: 'rebuild_spawning',
    event,
    deadline: '5m',
    unit: startGuest,
    on: hostOf,
    with: () => ({}),
    undo: { unit: powerOffGuest, on: hostOf, with: () => ({}) },
  })
  .step('removeOldDisk', {
    taskState: 'rebuild_spawning',
    event,
    deadline: '10m',
    unit: removeDisk,
    on: hostOf,
    with: ({ instance }) => ({ disk: residenceOf(instance).disk }),
    pointOfNoReturn: true,
    irreversible: 'the old disk and what is on it are gone',
    owedWhen: 'failed',
  })
  .commits(['active', 'stopped'], (context) => ({
    vmState: wasStopped(context) ? 'stopped' : 'active',
    powerState: context.boot?.powerState ?? 'SHUTDOWN',
    image: context.input.image,
    residence: { ...residenceOf(context.instance), disk: newDisk(context.taskId) },
  }));
