import type { InstanceRecord } from '../model/instance.ts';
import { operation } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { boot, powerOff, redefine } from './power-steps.ts';
import { removeDisk, startGuest } from './units/index.ts';
import { definitionOf, hostOf, mayRun, ownResidenceOf, rescueDefinitionOf, residenceOf } from './where.ts';

const shown = { taskState: 'unrescuing', event: 'compute_unrescue_instance' } as const;

/** The disk that the instance was rescued with. Throws when there is none: the declaration refuses such instances. */
function rescueDiskOf(instance: InstanceRecord): string {
  const { rescueDisk } = residenceOf(instance);
  if (rescueDisk === undefined) throw new Error(`instance ${instance.id} has no rescue disk`);
  return rescueDisk;
}

export const unrescue = operation<NoInput>()({
  name: 'unrescue',
  purpose: 'Starts a rescued instance from its own disk again, and removes the system that it was rescued with.',
  allowedFrom: ['rescued', 'error'],
  refusal: ({ instance }) =>
    instance.residence?.rescueDisk === undefined ? 'there is no system that it was rescued with' : null,
})
  .stepIf('powerOff', {
    ...powerOff(shown),
    when: mayRun,
    undo: { unit: startGuest, on: hostOf, with: () => ({}) },
  })
  .step(
    'define',
    redefine(
      shown,
      ({ instance }) => definitionOf(instance),
      ({ instance }) => rescueDefinitionOf(instance, rescueDiskOf(instance)),
    ),
  )
  .step('boot', boot(shown, hostOf))
  .step('removeRescueDisk', {
    ...shown,
    deadline: '10m',
    unit: removeDisk,
    on: hostOf,
    with: ({ instance }) => ({ disk: rescueDiskOf(instance) }),
    pointOfNoReturn: true,
    irreversible: 'the system that the instance was rescued with is gone; it can be rescued anew',
    owedWhen: 'failed',
  })
  .commits(['active'], ({ instance, boot: { powerState } }) => ({
    vmState: 'active',
    powerState,
    residence: ownResidenceOf(instance),
  }));
