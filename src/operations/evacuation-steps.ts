/** Steps by which an instance comes to another host, made anew from its image, and leaves one that cannot be asked. */
import type { InstanceRecord } from '../model/instance.ts';
import type { TaskContext } from '../model/operation.ts';
import { claim, claimedHost, define, newDisk, newHome, plug, type Claimed } from './arrival-steps.ts';
import { makeDisk } from './disk-steps.ts';
import type { EvacuateInput } from './evacuate.schema.ts';
import { home, removalFrom } from './removal-steps.ts';
import { leaveFencedHost, type Belonging } from './units/index.ts';
import { definitionOn, hostOf, residenceOf } from './where.ts';

interface OfInstance {
  readonly instance: InstanceRecord;
}
type Context = TaskContext<EvacuateInput>;

const event = 'compute_rebuild_instance';
const preparing = { taskState: 'rebuilding', event } as const;
const connecting = { taskState: 'rebuild_block_device_mapping', event } as const;

/** As long as these are all that is done there is a way back, for a host that comes back. */
export const arrival = {
  claim: claim({ ...preparing, event: 'rebuild_server' }, ({ input: { host }, instance }: Context) => ({
    flavor: instance.flavor,
    from: hostOf({ instance }),
    exclude: hostOf({ instance }),
    ...(host !== undefined && { host }),
  })),
  network: plug(preparing, claimedHost),
  disk: makeDisk(preparing, claimedHost, (context: Context) => ({
    disk: newDisk(context),
    image: context.instance.image,
    sizeGb: context.instance.flavor.diskGb,
  })),
  define: define(connecting, claimedHost, (context: Context) => definitionOn(newDisk(context), context.instance)),
} as const;

const { destroy, unplug, removeDisk, removeRescueDisk } = removalFrom(home);

/** What the host has, in the order in which a delete would remove it. */
const belongingsOf = (of: OfInstance): Belonging[] => [
  { unit: destroy.unit.name, input: destroy.with() },
  { unit: unplug.unit.name, input: unplug.with() },
  { unit: removeDisk.unit.name, input: removeDisk.with(of) },
  ...(removeRescueDisk.when(of) ? [{ unit: removeRescueDisk.unit.name, input: removeRescueDisk.with(of) }] : []),
];

/** Before the guest starts elsewhere its host owes the removal of all that it has of the instance. */
export const departure = {
  ...connecting,
  deadline: '1m',
  unit: leaveFencedHost,
  with: (of: OfInstance) => {
    const { host, claim: id } = residenceOf(of.instance);
    return { host, claim: id, belongings: belongingsOf(of) };
  },
  pointOfNoReturn: true,
  irreversible: 'what the fenced host has of the instance is removed when it comes back',
  changes: ({ taskId, claim: { host } }: Claimed) => ({ residence: newHome({ taskId, claim: { host } }) }),
} as const;
