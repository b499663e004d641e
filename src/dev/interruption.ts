/** The user's wish to end, by Ctrl-C or by closing the terminal. */
export interface Interruption {
  /** Aborted at the first wish. */
  readonly signal: AbortSignal;
  /** From now on signals are taken as if nobody listened. */
  readonly dispose: () => void;
}

const signalNames = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C may come twice, from the terminal and from npm; a person who insists takes longer. */
const echoMs = 500;

/** Listens for the wish to end and keeps the process alive; `insist` is called when the wish comes a second time. */
export function listenForInterruption(insist: () => void): Interruption {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const onSignal = () => {
    firstAt ??= Date.now();
    controller.abort(new Error('interrupted'));
    if (Date.now() - firstAt > echoMs) insist();
  };
  for (const name of signalNames) process.on(name, onSignal);
  // Listeners for signals do not keep a process alive, nor do children that may outlive it.
  const alive = setInterval(() => undefined, 60_000);
  return {
    signal: controller.signal,
    dispose: () => {
      clearInterval(alive);
      for (const name of signalNames) process.off(name, onSignal);
    },
  };
}

/** Settles as the promise does, or rejects as soon as the signal is aborted. */
export async function unlessAborted<Result>(signal: AbortSignal, promise: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    const interrupt = () => reject(new Error('interrupted'));
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt, { once: true });
  });
}
