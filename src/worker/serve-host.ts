import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { hostWorkflowId } from '../model/task.ts';
import { hostQuery } from '../../workflows/messages.ts';
import type { WorkerConnection } from './connection.ts';
import { createHostWorker, type HostWorkerSettings } from './host-worker.ts';
import { watchPowerStates } from './power-state-watch.ts';

/** How often a worker looks whether its host was given up for dead. */
const glanceMs = 5_000;
const dayMs = 86_400_000;

/**
 * Serves a host until the signal is aborted. A worker that was frozen or cut off, and whose host was taken for dead
 * meanwhile, begins anew when it finds out: it registers the host, pays what that owes by now, and serves it again.
 */
export async function serveHost(
  link: WorkerConnection,
  settings: HostWorkerSettings,
  { signal, onServing }: { readonly signal: AbortSignal; readonly onServing: () => void },
): Promise<void> {
  while (!signal.aborted) {
    const registered = await createHostWorker(link, settings, signal);
    if (registered === null) return;
    const { worker, epoch } = registered;
    onServing();
    const served = new AbortController();
    const beside = [watchPowerStates(link.client, settings, served.signal), keepTidy(settings, served.signal)];
    await worker.runUntil(givenUp(link.client, settings.name, epoch, signal)).finally(() => served.abort());
    await Promise.all(beside);
  }
}

/** Has what is long past tidied away at once and every day, until the signal is aborted. What goes wrong is tried again then. */
async function keepTidy({ name, driver, logger }: HostWorkerSettings, signal: AbortSignal): Promise<void> {
  while (driver.tidy !== undefined && !signal.aborted) {
    await driver.tidy().catch((error: unknown) => logger?.warn({ host: name, error }, 'could not tidy up'));
    await delay(dayMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Resolves when the host counts as dead, or was declared so, although this worker lives, or when the signal is aborted. */
async function givenUp(client: Client, name: string, epoch: number, signal: AbortSignal): Promise<void> {
  do await delay(glanceMs, undefined, { signal }).catch(() => undefined);
  while (!signal.aborted && (await mayGoOn(client, name, epoch)));
}

/** The server alone can tell of a host that serves: its workflow is asked only about one that does not. */
async function mayGoOn(client: Client, name: string, epoch: number): Promise<boolean> {
  try {
    const handle = client.workflow.getHandle(hostWorkflowId(name));
    const { typedSearchAttributes, memo } = await handle.describe();
    const current = memo?.['epoch'] ?? 0;
    // Another worker may have brought it back since it was declared fenced.
    if (typeof current === 'number' && current > epoch) return false;
    const serving = typedSearchAttributes.get({ name: 'HostServing', type: 'BOOL' });
    return serving === true || (await handle.query(hostQuery)).up;
  } catch {
    // Nobody can tell now; the next look may.
    return true;
  }
}
