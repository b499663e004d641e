import { randomUUID } from 'node:crypto';
import { ActivityExecutionFailedError, ApplicationFailure, TimeoutFailure, type Client } from '@temporalio/client';
import type { HostLooks } from '../model/host-looks.ts';
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
  const { residence, name } = await readInstance(client, instanceId);
  if (residence === null) throw new RefusedError(`${name} is on no host, and has no console`);
  try {
    return await client.activity.typed<HostLooks>().execute('readConsole', {
      id: `console/${instanceId}/${randomUUID()}`,
      taskQueue: hostTaskQueue(residence.host),
      args: [{ instanceId, lines: lines ?? null }],
      scheduleToCloseTimeout: answerDeadline,
      retry: { maximumAttempts: 2 },
      summary: `console of ${name}`,
    });
  } catch (error) {
    throw explained(error, residence.host);
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
