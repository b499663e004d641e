import type { SecretKeys } from '../secrets/secret-keys.ts';
import type { Catalogue } from './input.ts';
import type { SubmitOptions } from './submit.ts';

/** What a client works with. */
export interface InstanceTasksOptions {
  readonly catalogue?: Catalogue;
  /** Where an option of a single call does not say otherwise. */
  readonly defaults?: SubmitOptions;
  /** What secrets are sealed with; those of ITASK_SECRET_KEYS where absent. */
  readonly secretKeys?: SecretKeys;
}
