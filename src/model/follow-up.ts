/** What the platform asks for by itself when a time has come, unless the instance has changed its vm_state before. */
export interface FollowUp {
  readonly operation: string;
  readonly operationVersion: number;
  readonly input: unknown;
  /** When it is asked for, ISO 8601. */
  readonly at: string;
  /** Becomes the reason of the task. */
  readonly reason: string;
}

/** The same as a declaration says it: the time counts from the end of the task that leaves it. */
export type FollowUpAfter = Omit<FollowUp, 'at'> & { readonly afterSeconds: number };

/** What a task that ended at `endedAt` leaves to be asked for. */
export const dueAfter = ({ afterSeconds, ...followUp }: FollowUpAfter, endedAt: string): FollowUp => ({
  ...followUp,
  at: new Date(Date.parse(endedAt) + afterSeconds * 1_000).toISOString(),
});
