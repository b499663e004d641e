/** Looks at a host: its workers are asked by an activity that is in no workflow, for a look is no task. */
import { randomUUID } from 'node:crypto';
import { ActivityExecutionFailedError, ApplicationFailure, TimeoutFailure } from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import { faultCatalogue, isFaultCode } from '../model/fault.ts';
import { hostTaskQueue } from '../model/task.ts';
import { RefusedError, UnreachableError } from './errors.ts';
import { translate } from './gateway.ts';

/** An instance, and the host whose workers are to be asked. */
export interface Whereabouts {
  readonly host: string;
  readonly name: string;
}

/** The activity that looks at something of an instance. */
export const lookAt = (
  what: 'console' | 'record',
  instanceId: string,
  { host, name }: Whereabouts,
  deadline: Duration,
) => ({
  id: `${what}/${instanceId}/${randomUUID()}`,
  taskQueue: hostTaskQueue(host),
  scheduleToCloseTimeout: deadline,
  retry: { maximumAttempts: 2 },
  summary: `${what} of ${name}`,
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
