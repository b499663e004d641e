import type { InstanceRecord } from '../model/instance.ts';
import { operation } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { defineGuest, powerOffGuest, removeDisk, startGuest } from './units.ts';
import { definitionOf, hostOf, mayRun, rescueDefinitionOf, residenceOf } from './where.ts';

const event = 'compute_unrescue_instance';
const taskState = 'unrescuing';

/** The disk of the system that the instance was rescued with. Throws when there is none: the declaration refuses such instances. */
function rescueDiskOf(instance: InstanceRecord): string {
  const { rescueDisk } = residenceOf(instance);
  if (rescueDisk === undefined) throw new Error(`instance ${instance.id} has no rescue disk`);
  return rescueDisk;
}

export const unrescue = operation<NoInput>()({
  name: 'unrescue',
  purpose: 'Starts a rescued instance from its own disk again, and removes the system that it was rescued with.',
  allowedFrom: ['rescued'],
  refusal: ({ instance }) =>
    instance.residence?.rescueDisk === undefined ? 'there is no system that it was rescued with' : null,
})
  .stepIf('powerOff', {
    when: mayRun,
    taskState,
    event,
    deadline: '5m',
    unit: powerOffGuest,
    on: hostOf,
    with: () => ({}),
    undo: { unit: startGuest, on: hostOf, with: () => ({}) },
  })
  .step('define', {
    taskState,
    event,
    deadline: '2m',
    unit: defineGuest,
    on: hostOf,
    with: ({ instance }) => definitionOf(instance),
    undo: {
      unit: defineGuest,
      on: hostOf,
      with: ({ instance }) => rescueDefinitionOf(instance, rescueDiskOf(instance)),
    },
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
  .step('removeRescueDisk', {
    taskState,
    event,
    deadline: '10m',
    unit: removeDisk,
    on: hostOf,
    with: ({ instance }) => ({ disk: rescueDiskOf(instance) }),
    pointOfNoReturn: true,
    irreversible: 'the system that the instance was rescued with is gone; it can be rescued anew',
    owedWhen: 'failed',
  })
  .commits(['active'], ({ instance, boot }) => {
    const { host, claim, disk } = residenceOf(instance);
    return { vmState: 'active', powerState: boot.powerState, residence: { host, claim, disk } };
  });
