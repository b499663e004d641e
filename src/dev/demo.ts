import type { Configuration } from './configuration.ts';
import type { Report } from './set-up-error.ts';

/** What the demonstration may use once everything runs. */
export interface DemoContext {
  readonly configuration: Configuration;
  readonly address: string;
  readonly namespace: string;
  /** Null for a Temporal that was not started here. */
  readonly uiUrl: string | null;
  readonly report: Report;
  /** Aborted when the user wants to end. */
  readonly signal: AbortSignal;
}

/** Shows a person who has just started everything what there is to see. */
export async function runDemo(_context: DemoContext): Promise<void> {
  // To come.
}
