/** What the exit code of a command says. */
export const exitCodes = {
  done: 0,
  /** The command found out that something is wrong: a task failed or was aborted, doctor has a problem to report. */
  failed: 1,
  usage: 2,
  /** Refused, instance busy, wrong state. */
  refused: 3,
  notFound: 4,
  /** Temporal or a worker does not answer. */
  unreachable: 5,
  /** A mistake of this program. */
  internal: 70,
  /** Ctrl-C: the task goes on. */
  detached: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
