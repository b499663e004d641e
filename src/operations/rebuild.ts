import type { InstanceRecord } from '../model/instance.ts';
import { operation, type TaskContext } from '../model/operation.ts';
import { newDisk } from './arrival-steps.ts';
import { rebuiltConfig } from './guest-config.ts';
import { makeDisk, removeRescueLeftover, withPassword } from './disk-steps.ts';
import { boot, mayStillRun, powerOff, redefine, shutDown, wasActive } from './power-steps.ts';
import type { RebuildInput } from './rebuild.schema.ts';
import { removeDisk } from './units/index.ts';
import { definitionOf, definitionOn, hostOf, needsHost, ownResidenceOf, residenceOf } from './where.ts';

const event = 'compute_rebuild_instance';
const preparing = { taskState: 'rebuilding', event } as const;
const starting = { taskState: 'rebuild_spawning', event } as const;

const wasStopped = ({ instance }: { readonly instance: InstanceRecord }) => instance.vmState === 'stopped';

const wantedDisk = (context: TaskContext<RebuildInput>) => ({
  disk: newDisk(context),
  image: context.input.image,
  sizeGb: context.instance.flavor.diskGb,
  ...withPassword(context.input),
});

const wantedDefinition = (context: TaskContext<RebuildInput>) =>
  definitionOn(newDisk(context), {
    ...context.instance,
    ...rebuiltConfig(context.instance, context.input),
    image: context.input.image,
  });

/** Nova removes the old disk first. Here it is whole until the new one has booted, and a failure loses nothing. */
export const rebuild = operation<RebuildInput>()({
  name: 'rebuild',
  purpose: 'Gives the instance a new disk made from an image; what was on the old one is lost.',
  allowedFrom: ['active', 'stopped', 'error'],
  refusal: needsHost,
  describe: ({ image }) => `from ${image}`,
})
  .step('disk', makeDisk(preparing, hostOf, wantedDisk))
  .stepIf('shutDown', { ...shutDown(preparing), when: wasActive })
  .stepIf('powerOff', { ...powerOff(preparing), when: mayStillRun })
  .step(
    'define',
    redefine({ taskState: 'rebuild_block_device_mapping', event }, wantedDefinition, ({ instance }) =>
      definitionOf(instance),
    ),
  )
  .stepIf('boot', { ...boot(starting, hostOf), when: (context) => !wasStopped(context) })
  .step('removeOldDisk', {
    ...starting,
    deadline: '10m',
    unit: removeDisk,
    on: hostOf,
    with: ({ instance }) => ({ disk: residenceOf(instance).disk }),
    pointOfNoReturn: true,
    irreversible: 'the old disk and what is on it are gone',
    owedWhen: 'failed',
  })
  .stepIf('removeRescueDisk', removeRescueLeftover(starting))
  .commits(['active', 'stopped'], (context) => ({
    vmState: wasStopped(context) ? 'stopped' : 'active',
    powerState: context.boot?.powerState ?? 'SHUTDOWN',
    image: context.input.image,
    ...rebuiltConfig(context.instance, context.input),
    residence: { ...ownResidenceOf(context.instance), disk: newDisk(context) },
  }));
