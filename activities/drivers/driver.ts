import type { GuestReport, hostUnits, HostUnitName } from '../../src/operations/units/index.ts';
import type { DescribedGuest } from '../../src/model/noted-guest.ts';
import type { SealedSecret } from '../../src/model/secret.ts';
import type { Fence, InputOf, OutputOf, UnitPurpose } from '../../src/model/unit.ts';

/** What a driver is told besides the input of a unit. */
export interface UnitContext {
  readonly purpose: UnitPurpose;
  /** The driver compares it at every effect and changes nothing for a fence lower than one it has seen. */
  readonly fence: Fence;
  /** Aborted when the task is cancelled or the worker shuts down; the unit ends as soon as it can do so cleanly. */
  readonly signal: AbortSignal;
  /**
   * Tells that progress was observed: call it when the hypervisor has answered or moved on, never on a timer, or a
   * hung hypervisor is waited for to the end. `share` is how much of the unit is done, 0 to 1.
   */
  readonly progress: (share: number) => void;
}

/** A guest that a hypervisor has, and what it does. */
export interface HostedGuest extends GuestReport {
  readonly instanceId: string;
}

/** The end of what a guest has written to its console, or what has been written since. */
export interface ConsolePart {
  /** How much was written before it, in bytes. */
  readonly from: number;
  readonly bytes: Uint8Array;
}

/** What goes through Temporal must be small: of a console, no more than its newest part. */
export const mostConsoleBytes = 64 * 1_024;

/** The input of a unit with its secrets opened, as nobody but a driver gets it. */
export type Opened<Input> = {
  readonly [Key in keyof Input]: NonNullable<Input[Key]> extends SealedSecret ? string : Input[Key];
};

/**
 * How units reach one hypervisor: a method for each unit of {@link hostUnits}. A method makes true what its unit
 * ensures, and first looks whether it is already so: it may be delivered twice, and twice at the same time.
 * It fails with a `UnitFault`; anything else thrown counts as INTERNAL_ERROR.
 */
export type Driver = {
  readonly [Name in HostUnitName]: (
    input: Opened<InputOf<(typeof hostUnits)[Name]>>,
    context: UnitContext,
  ) => Promise<OutputOf<(typeof hostUnits)[Name]>>;
} & {
  /** Units that it cannot do, and why, in one sentence for whoever asks for one. */
  readonly unsupported?: { readonly [Name in HostUnitName]?: string };
  /** Names of the hosts that its guests can go to; where absent, all whose drivers name none either. */
  readonly peers?: readonly string[];
  /**
   * Where the hypervisor tells of its guests by itself: calls `onNews` whenever one of them may do something else than it
   * did, and when such news may have been missed; until the signal is aborted. Never rejects for a hypervisor that is away.
   */
  watchGuests?(onNews: () => void, signal: AbortSignal): Promise<void>;
  /**
   * Removes what the hypervisor keeps of instances that have long gone, such as fences that nothing late can come for any
   * more. Called when a worker of the host comes, and once a day.
   */
  tidy?(): Promise<void>;
  /** Names of the disks that an instance has here, whether it has a guest or not. */
  listDisks(instanceId: string): Promise<readonly string[]>;
  /** All guests that the hypervisor has, whoever changed them. Looks only, and is cheap: it is called every few seconds. */
  listGuests(): Promise<readonly HostedGuest[]>;
  /** A guest with what is noted of its instance. Looks only. Raises GUEST_NOT_FOUND, also for one that has not arrived yet. */
  describeGuest(instanceId: string): Promise<DescribedGuest>;
  /**
   * The newest {@link mostConsoleBytes} of what a guest has written to its console, and nothing that was written before
   * byte `from`. Where less was written than that, it has begun anew, and all of it counts. Raises GUEST_NOT_FOUND.
   * Cheap when nothing has been written since: it is called twice a second by whoever follows a console.
   */
  readConsole(instanceId: string, from: number): Promise<ConsolePart>;
};
