/** What can be asked of a host besides its units: looks that change nothing, and belong to no task. */
import type { DescribedGuest } from './noted-guest.ts';

/** Which part of a console is wanted. */
export interface ConsoleRequest {
  readonly instanceId: string;
  /** So many of the newest lines; null: as many as there are. */
  readonly lines: number | null;
}

/** What is new on a console that was read before. */
export interface ConsoleFollowUp {
  readonly instanceId: string;
  /** How much of it is known, in bytes. */
  readonly from: number;
}

/** What was written since; nothing where the guest was silent for as long as the look could wait. */
export interface ConsoleNews {
  /** How much was written before it, in bytes: more than was known where there was too much, less where it began anew. */
  readonly from: number;
  /** How much is known with it. */
  readonly next: number;
  readonly text: string;
}

/** The looks, as activities that a host's workers carry out. */
export interface HostLooks {
  /** The newest part of what the guest has written to its console, whole lines. */
  readConsole(request: ConsoleRequest): Promise<string>;
  /** Waits some seconds for a guest that has written nothing. */
  followConsole(request: ConsoleFollowUp): Promise<ConsoleNews>;
  /** A guest with what is noted of its instance. */
  describeGuest(instanceId: string): Promise<DescribedGuest>;
}
