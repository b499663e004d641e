import type { WorkerConnection } from './connection.ts';
import { createControlWorker, type ControlWorkerSettings } from './control-worker.ts';
import { DurationKeeper } from './duration-keeper.ts';

/** Serves the control plane until the signal is aborted. What its tasks have taken is kept for those that come. */
export async function serveControl(
  link: WorkerConnection,
  settings: ControlWorkerSettings,
  { signal, onServing }: { readonly signal: AbortSignal; readonly onServing: () => void },
): Promise<void> {
  const keeper = new DurationKeeper(link.client);
  const worker = await createControlWorker(link, settings, keeper.sinks);
  onServing();
  try {
    await worker.runUntil(aborted(signal));
  } finally {
    await keeper.close();
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
