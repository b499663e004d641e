import { randomUUID } from 'node:crypto';
import { ActivityExecutionFailedError, ApplicationFailure, TimeoutFailure, type Client } from '@temporalio/client';
import type { HostLooks } from '../model/host-looks.ts';
import type { Duration } from '@temporalio/common';
import { faultCatalogue, isFaultCode } from '../model/fault.ts';
import { hostTaskQueue } from '../model/task.ts';
import { RefusedError, UnreachableError } from './errors.ts';
import { translate } from './gateway.ts';
import { readInstance } from './read.ts';

export interface ConsoleOptions {
  /** So many of the newest lines; as many as are kept where absent. */
  readonly lines?: number;
}

/** How long a host may take to answer. */
const answerDeadline = '15s';

/**
 * What the guest has written to its console: its newest part, 64 KiB at most. Its host is asked, by an activity that is in
 * no workflow: a look is no task. Throws {@link RefusedError} when there is no guest, {@link UnreachableError} when the host
 * does not answer.
 */
export async function readConsole(client: Client, instanceId: string, { lines }: ConsoleOptions = {}): Promise<string> {
  const place = await whereabouts(client, instanceId);
  return asking(place, () =>
    client.activity.typed<HostLooks>().execute('readConsole', {
      ...lookAt(instanceId, place, answerDeadline),
      args: [{ instanceId, lines: lines ?? null }],
    }),
  );
}

/** An instance, and the host whose workers are to be asked. */
export interface Whereabouts {
  readonly host: string;
  readonly name: string;
}

/** Throws {@link RefusedError} where the instance is on no host. */
export async function whereabouts(client: Client, instanceId: string): Promise<Whereabouts> {
  const { residence, name } = await readInstance(client, instanceId);
  if (residence === null) throw new RefusedError(`${name} is on no host, and has no console`);
  return { host: residence.host, name };
}

/** A look at the console of an instance, as an activity in no workflow. */
export const lookAt = (instanceId: string, { host, name }: Whereabouts, deadline: Duration) => ({
  id: `console/${instanceId}/${randomUUID()}`,
  taskQueue: hostTaskQueue(host),
  scheduleToCloseTimeout: deadline,
  retry: { maximumAttempts: 2 },
  summary: `console of ${name}`,
});

/** Asks a host. Throws {@link RefusedError} for its faults, {@link UnreachableError} when it does not answer. */
export async function asking<Answer>({ host }: Whereabouts, look: () => Promise<Answer>): Promise<Answer> {
  try {
    return await look();
  } catch (error) {
    throw explained(error, host);
  }
}

function explained(error: unknown, host: string): unknown {
  const cause = error instanceof ActivityExecutionFailedError ? error.cause : undefined;
  if (cause instanceof TimeoutFailure) return new UnreachableError(`${host} does not answer`, { cause: error });
  const code = cause instanceof ApplicationFailure ? (cause.type ?? '') : '';
  if (isFaultCode(code)) {
    const { sentence, nextAction } = faultCatalogue[code];
    return new RefusedError(`${sentence} ${nextAction}`, { cause: error });
  }
  return translate(error, `host ${host}`);
}
