/** Steps by which a shelved instance comes back: on the host that it is on still, or on one that has room for it. */
import type { TaskContext } from '../model/operation.ts';
import { claim, define, newDisk, plug, type Claimed } from './arrival-steps.ts';
import { makeDisk } from './disk-steps.ts';
import { removeForGood } from './image-steps.ts';
import { boot } from './power-steps.ts';
import { isOffloaded, shelvedOf } from './shelved.ts';
import { resumeGuest, suspendGuest } from './units/index.ts';
import type { UnshelveInput } from './unshelve.schema.ts';
import { definitionOn, hostOf, type OfInstance } from './where.ts';

type Context = TaskContext<UnshelveInput>;
type Placed = OfInstance & { readonly claim?: Claimed['claim'] | undefined };

const event = 'compute_unshelve_instance';
const arriving = { taskState: 'unshelving', event } as const;
const spawning = { taskState: 'spawning', event } as const;
const starting = { taskState: 'powering-on', event: 'compute_start_instance' } as const;

const hasGuest = (context: OfInstance) => !isOffloaded(context);
const isSuspended = ({ instance }: OfInstance) => instance.powerState === 'SUSPENDED';
/** The host that it is on, or where room has been claimed for it. */
const itsHost = (context: Placed): string => context.claim?.host ?? hostOf(context);

/** For an instance that is on no host. */
export const fromImage = {
  claim: {
    ...claim({ taskState: 'unshelving', event: 'schedule_instances' }, ({ input, instance }: Context) => ({
      flavor: instance.flavor,
      // There its image and its volumes are known to be reached.
      from: shelvedOf(instance).host,
      ...(input.host !== undefined && { host: input.host }),
    })),
    when: isOffloaded,
  },
  network: { ...plug(arriving, itsHost), when: isOffloaded },
  disk: {
    ...makeDisk(spawning, itsHost, (context: Context) => ({
      disk: newDisk(context),
      image: shelvedOf(context.instance).image,
      sizeGb: context.instance.flavor.diskGb,
    })),
    when: isOffloaded,
  },
  define: {
    ...define(spawning, itsHost, (context: Context) => definitionOn(newDisk(context), context.instance)),
    when: isOffloaded,
  },
  boot: { ...boot(spawning, itsHost), when: isOffloaded },
} as const;

/** For an instance that has not been taken from its host. */
export const whereItIs = {
  start: { ...boot(starting, hostOf), when: (context: OfInstance) => hasGuest(context) && !isSuspended(context) },
  resume: {
    ...starting,
    when: (context: OfInstance) => hasGuest(context) && isSuspended(context),
    deadline: '15m',
    unit: resumeGuest,
    on: hostOf,
    with: () => ({}),
    undo: { unit: suspendGuest, on: hostOf, with: () => ({}) },
  },
} as const;

/** The instance has no use for the image any more. */
export const removeImage = {
  ...removeForGood(arriving, itsHost, ({ instance }: Context) => [shelvedOf(instance).image]),
  irreversible: 'the image that it was shelved to is gone; it can be shelved anew',
} as const;
