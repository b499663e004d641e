/** Steps by which an instance comes to a host: room is claimed there, its port is bound and it is defined. */
import type { Flavor, Residence } from '../model/instance.ts';
import { claimId } from '../model/task.ts';
import { portsOf } from './interface-steps.ts';
import type { Place, Shown } from './power-steps.ts';
import {
  claimHost,
  defineGuest,
  destroyGuest,
  plugNetwork,
  releaseClaim,
  unplugNetwork,
  type GuestDefinition,
} from './units/index.ts';
import type { OfTask } from './where.ts';

/** What is known once the step `claim` has been done. */
export interface Claimed extends OfTask {
  readonly claim: { readonly host: string };
}
/** Where room is wanted, and how much. */
export interface Destination {
  readonly flavor: Flavor;
  /** The host that the instance comes from, where others have to reach what it has there. */
  readonly from?: string;
  /** Only this host will do. */
  readonly host?: string;
  /** Taken only when no other has room. */
  readonly avoid?: string;
  /** Not taken at all. */
  readonly exclude?: string;
}

const nothing = () => ({});
const ownClaim = ({ taskId }: OfTask) => claimId(taskId, 'claim');

/** The disk that a task makes for the instance. */
export const newDisk = ({ taskId }: OfTask): string => `${taskId}-disk`;

/** The host on which room has been claimed. */
export const claimedHost = ({ claim }: Claimed): string => claim.host;

/** Where the instance lives when the task is done. */
export const newHome = (context: Claimed): Residence => ({
  host: context.claim.host,
  claim: ownClaim(context),
  disk: newDisk(context),
});

/** Claims room. Name the step `claim`. */
export const claim = <Context extends OfTask>(shown: Shown, destination: (context: Context) => Destination) =>
  ({
    ...shown,
    deadline: '1m',
    unit: claimHost,
    with: (context: Context) => ({ claim: ownClaim(context), ...destination(context) }),
    undo: {
      unit: releaseClaim,
      with: (context: OfTask & { readonly claim?: Claimed['claim'] | undefined }) => ({
        claim: ownClaim(context),
        host: context.claim?.host ?? null,
      }),
    },
  }) as const;

/** Binds the ports of the instance to the host. */
export const plug = <Context>(shown: Shown, on: Place<Context>) =>
  ({
    ...shown,
    deadline: '2m',
    unit: plugNetwork,
    on,
    with: portsOf,
    undo: { unit: unplugNetwork, on, with: nothing },
  }) as const;

/** Defines the guest on a host that has none of the instance. */
export const define = <Where, As>(shown: Shown, on: Place<Where>, as: (context: As) => GuestDefinition) =>
  ({
    ...shown,
    deadline: '2m',
    unit: defineGuest,
    on,
    with: as,
    undo: { unit: destroyGuest, on, with: nothing },
  }) as const;
