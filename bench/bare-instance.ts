import type { Flavor, Residence } from '../src/model/instance.ts';

/** What the benchmark itself remembers of a machine that no instance workflow keeps. */
export interface BareInstance {
  readonly id: string;
  readonly flavor: Flavor;
  readonly residence: Residence;
}

/** The argument of the bare workflows. */
export interface BareOperation {
  readonly taskId: string;
  readonly instance: BareInstance;
  readonly generation: number;
}
