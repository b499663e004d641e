import type { Change } from './fencing.ts';
import type { InstanceState } from './state.ts';

/** What a unit may look at besides the state and its input. */
export interface Circumstances {
  /** The idempotency key of the unit. */
  readonly key: string;
  readonly instanceId: string;
  /** The guest does not react to what it is asked for. */
  readonly ignored: boolean;
}

/** What a unit does to an instance on one host: pure, so that it can be decided anew when another writer came first. */
export interface Behaviour<Input, Output> {
  /** Throws a `UnitFault` when the unit cannot be done in that state. */
  change(state: InstanceState, input: Input, circumstances: Circumstances): Change;
  /** What the unit answers, once `change` or an earlier delivery of the unit has led to this state. */
  report(state: InstanceState, key: string): Output;
  /** For how many milliseconds it waits for a guest that does not react. */
  patience?(input: Input): number;
}

/** There is nothing to do. */
export const unchanged = (state: InstanceState): Change => ({ effect: null, state });
