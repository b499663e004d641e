import type { InstanceRecord, Residence } from '../model/instance.ts';
import { operation } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { destroyGuest, releaseClaim, removeDisk, unplugNetwork } from './units/index.ts';
import { residenceOf } from './where.ts';

const event = 'compute_terminate_instance';

/** The other host of a resize that was neither confirmed nor reverted. */
function leftover(instance: InstanceRecord): Residence {
  if (instance.pendingResize === null) throw new Error(`instance ${instance.id} has no pending resize`);
  return instance.pendingResize.from;
}
const placed = ({ instance }: { instance: InstanceRecord }) => instance.residence !== null;
const resized = ({ instance }: { instance: InstanceRecord }) => instance.pendingResize !== null;
const moved = ({ instance }: { instance: InstanceRecord }) =>
  instance.pendingResize !== null && instance.pendingResize.from.host !== instance.residence?.host;

export const deleteInstance = operation<NoInput>()({
  name: 'delete',
  purpose: 'Ends the instance for good: its guest, disks, port and claims are gone.',
  allowedFrom: ['building', 'active', 'stopped', 'paused', 'suspended', 'resized', 'rescued', 'error'],
})
  .stepIf('destroy', {
    when: placed,
    taskState: 'deleting',
    event,
    deadline: '5m',
    unit: destroyGuest,
    on: ({ instance }) => residenceOf(instance).host,
    with: () => ({}),
    pointOfNoReturn: true,
    irreversible: 'the guest and its memory are gone',
    owedWhen: 'unreachable',
    changes: () => ({ powerState: 'NOSTATE' }),
  })
  .stepIf('unplug', {
    when: placed,
    taskState: 'deleting',
    event,
    deadline: '2m',
    unit: unplugNetwork,
    on: ({ instance }) => residenceOf(instance).host,
    with: () => ({}),
    owedWhen: 'unreachable',
  })
  .stepIf('removeDisk', {
    when: placed,
    taskState: 'deleting',
    event,
    deadline: '10m',
    unit: removeDisk,
    on: ({ instance }) => residenceOf(instance).host,
    with: ({ instance }) => ({ disk: residenceOf(instance).disk }),
    irreversible: 'the disk and what is on it are gone',
    owedWhen: 'unreachable',
  })
  .stepIf('removeRescueDisk', {
    when: ({ instance }) => instance.residence?.rescueDisk !== undefined,
    taskState: 'deleting',
    event,
    deadline: '10m',
    unit: removeDisk,
    on: ({ instance }) => residenceOf(instance).host,
    with: ({ instance }) => ({ disk: residenceOf(instance).rescueDisk ?? '' }),
    owedWhen: 'unreachable',
  })
  .stepIf('release', {
    when: placed,
    taskState: 'deleting',
    event,
    deadline: '1m',
    unit: releaseClaim,
    with: ({ instance }) => ({ claim: residenceOf(instance).claim, host: residenceOf(instance).host }),
  })
  .stepIf('destroyOld', {
    when: moved,
    taskState: 'deleting',
    event,
    deadline: '5m',
    unit: destroyGuest,
    on: ({ instance }) => leftover(instance).host,
    with: () => ({}),
    owedWhen: 'unreachable',
  })
  .stepIf('unplugOld', {
    when: moved,
    taskState: 'deleting',
    event,
    deadline: '2m',
    unit: unplugNetwork,
    on: ({ instance }) => leftover(instance).host,
    with: () => ({}),
    owedWhen: 'unreachable',
  })
  .stepIf('removeOldDisk', {
    when: resized,
    taskState: 'deleting',
    event,
    deadline: '10m',
    unit: removeDisk,
    on: ({ instance }) => leftover(instance).host,
    with: ({ instance }) => ({ disk: leftover(instance).disk }),
    owedWhen: 'unreachable',
  })
  .stepIf('releaseOld', {
    when: resized,
    taskState: 'deleting',
    event,
    deadline: '1m',
    unit: releaseClaim,
    with: ({ instance }) => ({ claim: leftover(instance).claim, host: leftover(instance).host }),
  })
  .commits(['deleted'], () => ({
    vmState: 'deleted',
    powerState: 'NOSTATE',
    residence: null,
    pendingResize: null,
  }));
