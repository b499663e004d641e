import type { FaultCode } from './fault.ts';
import type { Direction } from './task.ts';

/** Things that a unit can leave on a host or in its books, and that an undo must take away. */
export type Resource = 'claim' | 'disk' | 'guest' | 'image' | 'port' | 'volume';

declare const unitInput: unique symbol;
declare const unitOutput: unique symbol;

/**
 * A unit of work as data: the name of an activity, where it runs and which faults it raises. Its input and output
 * exist for the type checker only; the activity of the same name must take and give them.
 */
export interface Unit<Name extends string = string, Input = unknown, Output = unknown> {
  readonly name: Name;
  /** `control`: any control worker. `host`: only the workers of one host, through the host's own task queue. */
  readonly runsOn: 'control' | 'host';
  /** What it makes true, in one sentence. */
  readonly ensures: string;
  /** What it leaves behind; a step that runs it must have an undo or lie beyond the point of no return. */
  readonly acquires: Resource | null;
  /** What it takes away; the undo of a step that runs it may acquire that again. */
  readonly releases?: Resource;
  readonly faults: readonly FaultCode[];
  /** Not every hypervisor can do it: whoever asks for an operation with it hears that before there is a task. */
  readonly optional?: true;
  [unitInput]?(input: Input): void;
  readonly [unitOutput]?: Output;
}

export type InputOf<U> = U extends Unit<string, infer Input> ? Input : never;
export type OutputOf<U> = U extends Unit<string, infer _Input, infer Output> ? Output : never;

/** Declares a unit: `unit<Input, Output>()('name', { … })`. */
export const unit =
  <Input, Output>() =>
  <Name extends string>(
    name: Name,
    declaration: Pick<Unit, 'runsOn' | 'ensures' | 'acquires' | 'releases' | 'faults' | 'optional'>,
  ): Unit<Name, Input, Output> => ({ name, ...declaration });

/**
 * Orders all units ever sent to the guest of one instance: first by task, then by unit within the task, then by
 * delivery. A hypervisor changes nothing for a unit whose fence is lower than one that it has seen.
 */
export interface Fence {
  /** Number of the task on the instance. */
  readonly generation: number;
  /** Number of the unit within the task, undo included. */
  readonly sequence: number;
  /** Temporal's attempt number of the activity, from 1. */
  readonly attempt: number;
}

/** Negative when `a` comes before `b`, 0 when they are the same delivery, positive when `a` comes after. */
export function compareFences(a: Fence, b: Fence): number {
  return a.generation - b.generation || a.sequence - b.sequence || a.attempt - b.attempt;
}

/** What a unit is run for. The key of its effect is (taskId, step, direction): however often it is delivered, one effect. */
export interface UnitPurpose {
  readonly taskId: string;
  readonly operation: string;
  readonly step: string;
  readonly direction: Direction;
  readonly instanceId: string;
  readonly generation: number;
  readonly sequence: number;
}

/** The one argument of every activity that is a unit. */
export interface UnitCall<Input> {
  readonly purpose: UnitPurpose;
  readonly input: Input;
}

/** The idempotency key of a unit's effect. */
export const effectKey = ({ taskId, step, direction }: UnitPurpose): string => `${taskId}/${step}/${direction}`;
