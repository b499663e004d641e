import type { Client } from '@temporalio/client';
import type { HostLooks } from '../model/host-looks.ts';
import { RefusedError } from './errors.ts';
import { asking, lookAt, type Whereabouts } from './host-look.ts';
import { readInstance } from './read.ts';

export interface ConsoleOptions {
  /** So many of the newest lines; as many as are kept where absent. */
  readonly lines?: number;
}

/** How long a host may take to answer. */
const answerDeadline = '15s';

/**
 * What the guest has written to its console: its newest part, 64 KiB at most. Throws {@link RefusedError} when there is no
 * guest, an `UnreachableError` when its host does not answer.
 */
export async function readConsole(client: Client, instanceId: string, { lines }: ConsoleOptions = {}): Promise<string> {
  const place = await whereabouts(client, instanceId);
  return asking(place, () =>
    client.activity.typed<HostLooks>().execute('readConsole', {
      ...lookAt('console', instanceId, place, answerDeadline),
      args: [{ instanceId, lines: lines ?? null }],
    }),
  );
}

/** Throws {@link RefusedError} where the instance is on no host. */
export async function whereabouts(client: Client, instanceId: string): Promise<Whereabouts> {
  const { residence, name } = await readInstance(client, instanceId);
  if (residence === null) throw new RefusedError(`${name} is on no host, and has no console`);
  return { host: residence.host, name };
}
