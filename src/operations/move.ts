/** What resize and migrate have in common: an instance moves into a new claim, and waits for confirmResize or revertResize. */
import type { Flavor, InstanceRecord, RecordChanges } from '../model/instance.ts';
import { notedRecordOf } from '../model/noted-guest.ts';
import { operation, type Operation, type OperationHeader, type TaskContext } from '../model/operation.ts';
import { claim, claimedHost, define, newDisk, newHome, plug, type Claimed, type Destination } from './arrival-steps.ts';
import { confirmResize } from './confirm-resize.ts';
import { copyDiskTo } from './disk-steps.ts';
import { followUp } from './follow-up.ts';
import { boot, powerOff, redefine, refusedToShutDown, shutDown, wasActive } from './power-steps.ts';
import { unplugNetwork, type GuestDefinition } from './units/index.ts';
import { disconnectFrom, hasVolumes } from './volume-steps.ts';
import { definitionOf, hostOf, residenceOf, type OfInstance } from './where.ts';

const preparing = { taskState: 'resize_prep', event: 'compute_prep_resize' } as const;
const leaving = { taskState: 'resize_migrating', event: 'compute_resize_instance' } as const;
const arriving = { taskState: 'resize_finish', event: 'compute_finish_resize' } as const;

/** Where an instance is to go, and with what size. */
interface Goal {
  readonly flavor: Flavor;
  /** Only this host will do. */
  readonly host?: string;
}
/** Whether it may stay where it is, or has to leave. */
type Reach = 'anywhere' | 'elsewhere';

/** What the input of every move may say. */
interface MoveInput {
  readonly confirmAfterSeconds?: number | undefined;
}

const moves = ({ instance, claim: { host } }: TaskContext<unknown> & Claimed) => host !== hostOf({ instance });
const movesVolumes = (context: TaskContext<unknown> & Claimed) => moves(context) && hasVolumes(context);
const stays = (context: TaskContext<unknown> & Claimed) => !moves(context);

const destinationFrom = (here: string, goal: Goal, reach: Reach): Destination => ({
  ...goal,
  from: here,
  ...(reach === 'elsewhere' ? { exclude: here } : { avoid: here }),
});

/** Its network leaves the host that the instance was on. */
const leave = {
  ...arriving,
  deadline: '2m',
  unit: unplugNetwork,
  on: hostOf,
  with: () => ({}),
  pointOfNoReturn: true,
  irreversible: 'the network reaches the instance on its new host; revertResize takes it back',
  owedWhen: 'failed',
} as const;

const definitionWith = (flavor: Flavor, context: TaskContext<unknown>): GuestDefinition => ({
  ...definitionOf(context.instance),
  flavor,
  disk: newDisk(context),
  record: { ...notedRecordOf(context.instance), ...undecided(context) },
});
const formerDefinition = ({ instance }: TaskContext<unknown>) => definitionOf(instance);

/** Declares an operation that moves an instance to where `goal` says, within that reach. */
export function move<const Name extends string, Input extends MoveInput>(
  header: OperationHeader<Name, Input>,
  goal: (input: Input, instance: InstanceRecord) => Goal,
  reach: Reach,
): Operation<Name, Input> {
  const goalOf = ({ input, instance }: TaskContext<Input>) => goal(input, instance);
  const destination = (context: TaskContext<Input>) => destinationFrom(hostOf(context), goalOf(context), reach);
  const newDefinition = (context: TaskContext<Input>) => definitionWith(goalOf(context).flavor, context);
  const newCopy = (context: TaskContext<Input> & Claimed) => ({
    disk: residenceOf(context.instance).disk,
    toDisk: newDisk(context),
    sizeGb: goalOf(context).flavor.diskGb,
  });
  const arrived = operation<Input>()(header)
    .step('claim', claim(preparing, destination))
    .stepIf('shutDown', { ...shutDown(leaving), when: wasActive })
    .stepIf('powerOff', { ...powerOff(leaving), when: refusedToShutDown })
    .step('copyDisk', copyDiskTo(leaving, claimedHost, newCopy))
    .stepIf('disconnect', { ...disconnectFrom(leaving, hostOf), when: movesVolumes })
    .stepIf('plug', { ...plug({ ...arriving, taskState: 'resize_migrated' }, claimedHost), when: moves })
    .stepIf('define', { ...define(arriving, claimedHost, newDefinition), when: moves });
  const redefined = { ...redefine(arriving, newDefinition, formerDefinition), when: stays };
  const settled: typeof arrived = reach === 'elsewhere' ? arrived : arrived.stepIf('redefine', redefined);
  return settled
    .stepIf('boot', { ...boot(arriving, claimedHost), when: wasActive })
    .stepIf('leave', { ...leave, when: moves })
    .commits(['resized'], (context) => ({
      vmState: 'resized',
      powerState: context.boot?.powerState ?? 'SHUTDOWN',
      flavor: goalOf(context).flavor,
      residence: newHome(context),
      ...undecided(context),
      ...decidedLater(header.name, context.input),
    }));
}

/** What is kept until somebody decides on it, or the platform does. */
const undecided = ({ instance }: OfInstance): Pick<InstanceRecord, 'pendingResize'> => {
  const { flavor, vmState } = instance;
  return { pendingResize: { from: residenceOf(instance), flavor, vmState } };
};

const decidedLater = (
  of: string,
  { confirmAfterSeconds: afterSeconds = 0 }: MoveInput,
): Pick<RecordChanges, 'followUp'> =>
  afterSeconds > 0 ? { followUp: followUp(confirmResize, {}, { afterSeconds, of }) } : {};
