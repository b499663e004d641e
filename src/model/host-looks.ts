/** What can be asked of a host besides its units: looks that change nothing, and belong to no task. */

/** Which part of a console is wanted. */
export interface ConsoleRequest {
  readonly instanceId: string;
  /** So many of the newest lines; null: as many as there are. */
  readonly lines: number | null;
}

/** The looks, as activities that a host's workers carry out. */
export interface HostLooks {
  /** The newest part of what the guest has written to its console, whole lines. */
  readConsole(request: ConsoleRequest): Promise<string>;
}
