import type { InstanceRecord } from '../model/instance.ts';
import { operation } from '../model/operation.ts';
import { moved, needsPendingResize, pendingResizeOf } from './confirm-resize.ts';
import type { NoInput } from './no-input.schema.ts';
import {
  defineGuest,
  destroyGuest,
  plugNetwork,
  powerOffGuest,
  releaseClaim,
  removeDisk,
  shutDownGuest,
  startGuest,
  unplugNetwork,
} from './units.ts';
import { definitionOf, hostOf, residenceOf } from './where.ts';

const leave = 'compute_revert_resize';
const arrive = 'compute_finish_revert_resize';

interface OfInstance {
  readonly instance: InstanceRecord;
}
const oldHost = ({ instance }: OfInstance) => pendingResizeOf(instance).from.host;
const stayed = (context: OfInstance) => !moved(context);
const runs = ({ instance }: OfInstance) => instance.powerState === 'RUNNING';
const ranBefore = ({ instance }: OfInstance) => pendingResizeOf(instance).vmState === 'active';
const oldDefinition = ({ instance }: OfInstance) => ({
  name: instance.name,
  flavor: pendingResizeOf(instance).flavor,
  disk: pendingResizeOf(instance).from.disk,
});

export const revertResize = operation<NoInput>()({
  name: 'revertResize',
  purpose: 'Gives the instance its old size and host back; what it wrote since the resize is lost.',
  allowedFrom: ['resized'],
  refusal: needsPendingResize,
})
  .stepIf('shutDown', {
    when: runs,
    taskState: 'resize_reverting',
    event: leave,
    deadline: '5m',
    unit: shutDownGuest,
    on: hostOf,
    with: () => ({ timeoutSeconds: 60 }),
    undo: { unit: startGuest, on: hostOf, with: () => ({}) },
  })
  .stepIf('powerOff', {
    when: ({ shutDown }) => shutDown?.off === false,
    taskState: 'resize_reverting',
    event: leave,
    deadline: '5m',
    unit: powerOffGuest,
    on: hostOf,
    with: () => ({}),
  })
  .stepIf('plug', {
    when: moved,
    taskState: 'resize_reverting',
    event: arrive,
    deadline: '2m',
    unit: plugNetwork,
    on: oldHost,
    with: () => ({}),
    undo: { unit: unplugNetwork, on: oldHost, with: () => ({}) },
  })
  .stepIf('redefine', {
    when: stayed,
    taskState: 'resize_reverting',
    event: arrive,
    deadline: '2m',
    unit: defineGuest,
    on: hostOf,
    with: oldDefinition,
    undo: { unit: defineGuest, on: hostOf, with: ({ instance }) => definitionOf(instance) },
  })
  .stepIf('boot', {
    when: ranBefore,
    taskState: 'resize_reverting',
    event: arrive,
    deadline: '5m',
    unit: startGuest,
    on: oldHost,
    with: () => ({}),
    undo: { unit: powerOffGuest, on: oldHost, with: () => ({}) },
  })
  .stepIf('destroyNew', {
    when: moved,
    taskState: 'resize_reverting',
    event: leave,
    deadline: '5m',
    unit: destroyGuest,
    on: hostOf,
    with: () => ({}),
    pointOfNoReturn: true,
    irreversible: 'the resized guest is gone',
    owedWhen: 'failed',
  })
  .stepIf('unplugNew', {
    when: moved,
    taskState: 'resize_reverting',
    event: leave,
    deadline: '2m',
    unit: unplugNetwork,
    on: hostOf,
    with: () => ({}),
    owedWhen: 'failed',
  })
  .step('removeNewDisk', {
    taskState: 'resize_reverting',
    event: leave,
    deadline: '10m',
    unit: removeDisk,
    on: hostOf,
    with: ({ instance }) => ({ disk: residenceOf(instance).disk }),
    pointOfNoReturn: true,
    irreversible: 'the disk of the new size is gone',
    owedWhen: 'failed',
  })
  .step('releaseNew', {
    taskState: 'resize_reverting',
    event: leave,
    deadline: '1m',
    unit: releaseClaim,
    with: ({ instance }) => ({ claim: residenceOf(instance).claim, host: residenceOf(instance).host }),
  })
  .commits(['active', 'stopped'], ({ instance, boot }) => ({
    vmState: pendingResizeOf(instance).vmState === 'stopped' ? 'stopped' : 'active',
    powerState: boot?.powerState ?? 'SHUTDOWN',
    flavor: pendingResizeOf(instance).flavor,
    residence: pendingResizeOf(instance).from,
    pendingResize: null,
  }));
