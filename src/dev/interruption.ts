/** The user's wish to end, by Ctrl-C or by closing the terminal. */
export interface Interruption {
  /** Aborted at the first wish. */
  readonly signal: AbortSignal;
  /** Resolves at the first wish. */
  readonly requested: Promise<void>;
  /** From now on the process takes signals as if nobody listened, and may end when it has nothing to do. */
  readonly dispose: () => void;
}

/** Listens for the wish to end; `insist` is called when it comes a second time. */
export function listenForInterruption(insist: () => void): Interruption {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let resolve: () => void;
  const requested = new Promise<void>((settle) => (resolve = settle));
  const onSignal = () => {
    if (controller.signal.aborted) return insist();
    controller.abort(new Error('interrupted'));
    resolve();
  };
  for (const name of names) process.on(name, onSignal);
  // A listener for signals alone does not keep a process alive.
  const alive = setInterval(() => undefined, 60_000);
  return {
    signal: controller.signal,
    requested,
    dispose: () => {
      clearInterval(alive);
      for (const name of names) process.off(name, onSignal);
    },
  };
}
