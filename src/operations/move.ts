/** What resize and migrate have in common: an instance moves into a new claim, and waits for confirmResize or revertResize. */
import type { Flavor, InstanceRecord, Residence } from '../model/instance.ts';
import { operation, type Operation, type OperationHeader, type TaskContext } from '../model/operation.ts';
import { claimId } from '../model/task.ts';
import { powerOff, redefine, refusedToShutDown, shutDown, wasActive } from './power-steps.ts';
import {
  claimHost,
  copyDisk,
  defineGuest,
  destroyGuest,
  plugNetwork,
  powerOffGuest,
  releaseClaim,
  removeDisk,
  startGuest,
  unplugNetwork,
} from './units/index.ts';
import { definitionOf, hostOf, residenceOf } from './where.ts';

const leaving = { taskState: 'resize_migrating', event: 'compute_resize_instance' } as const;
const arriving = { taskState: 'resize_finish', event: 'compute_finish_resize' } as const;

/** Where an instance is to go, and with what size. */
export interface Destination {
  readonly flavor: Flavor;
  /** Only this host will do. */
  readonly host?: string;
  /** Where it is now will not do. */
  readonly elsewhere?: true;
}

/** What the steps need to know once the destination has been claimed. */
interface Claimed {
  readonly instance: InstanceRecord;
  readonly taskId: string;
  readonly claim: { readonly host: string };
}
const newDisk = (taskId: string) => `${taskId}-disk`;
const newHome = ({ taskId, claim }: Claimed): Residence => ({
  host: claim.host,
  claim: claimId(taskId, 'claim'),
  disk: newDisk(taskId),
});
const moves = ({ instance, claim }: Claimed) => claim.host !== hostOf({ instance });

/** Declares an operation that moves an instance to where `destination` says. */
export function move<const Name extends string, Input>(
  header: OperationHeader<Name, Input>,
  destination: (input: Input, instance: InstanceRecord) => Destination,
): Operation<Name, Input> {
  const newDefinition = ({ input, instance, taskId }: TaskContext<Input>) => ({
    name: instance.name,
    flavor: destination(input, instance).flavor,
    disk: newDisk(taskId),
  });
  return operation<Input>()(header)
    .step('claim', {
      taskState: 'resize_prep',
      event: 'compute_prep_resize',
      deadline: '1m',
      unit: claimHost,
      with: ({ input, instance, taskId }) => {
        const { flavor, host, elsewhere } = destination(input, instance);
        return {
          claim: claimId(taskId, 'claim'),
          flavor,
          avoid: hostOf({ instance }),
          ...(host !== undefined && { host }),
          ...(elsewhere && { exclude: hostOf({ instance }) }),
        };
      },
      undo: {
        unit: releaseClaim,
        with: ({ taskId, claim }) => ({ claim: claimId(taskId, 'claim'), host: claim?.host ?? null }),
      },
    })
    .stepIf('shutDown', { ...shutDown(leaving), when: wasActive })
    .stepIf('powerOff', { ...powerOff(leaving), when: refusedToShutDown })
    .step('copyDisk', {
      ...leaving,
      deadline: '2h',
      unit: copyDisk,
      on: hostOf,
      with: ({ input, instance, taskId, claim }) => ({
        disk: residenceOf(instance).disk,
        toHost: claim.host,
        toDisk: newDisk(taskId),
        sizeGb: destination(input, instance).flavor.diskGb,
      }),
      undo: { unit: removeDisk, on: ({ claim }) => claim.host, with: ({ taskId }) => ({ disk: newDisk(taskId) }) },
    })
    .stepIf('plug', {
      when: moves,
      ...arriving,
      taskState: 'resize_migrated',
      deadline: '2m',
      unit: plugNetwork,
      on: ({ claim }) => claim.host,
      with: () => ({}),
      undo: { unit: unplugNetwork, on: ({ claim }) => claim.host, with: () => ({}) },
    })
    .stepIf('define', {
      when: moves,
      ...arriving,
      deadline: '2m',
      unit: defineGuest,
      on: ({ claim }) => claim.host,
      with: newDefinition,
      undo: { unit: destroyGuest, on: ({ claim }) => claim.host, with: () => ({}) },
    })
    .stepIf('redefine', {
      ...redefine(arriving, newDefinition, ({ instance }) => definitionOf(instance)),
      when: (context) => !moves(context),
    })
    .stepIf('boot', {
      when: wasActive,
      ...arriving,
      deadline: '5m',
      unit: startGuest,
      on: ({ claim }) => claim.host,
      with: () => ({}),
      // Nobody has been told yet that the instance lives there: what it wrote since is given up with the copy.
      undo: { unit: powerOffGuest, on: ({ claim }) => claim.host, with: () => ({}) },
    })
    .stepIf('leave', {
      when: moves,
      ...arriving,
      deadline: '2m',
      unit: unplugNetwork,
      on: hostOf,
      with: () => ({}),
      pointOfNoReturn: true,
      irreversible: 'the network reaches the instance on its new host; revertResize takes it back',
      owedWhen: 'failed',
    })
    .commits(['resized'], (context) => ({
      vmState: 'resized',
      powerState: context.boot?.powerState ?? 'SHUTDOWN',
      flavor: destination(context.input, context.instance).flavor,
      residence: newHome(context),
      pendingResize: {
        from: residenceOf(context.instance),
        flavor: context.instance.flavor,
        vmState: context.instance.vmState,
      },
    }));
}
