import {
  InstanceBusyError,
  InstanceLockedError,
  InvalidInputError,
  NotAllowedInStateError,
} from '../../client/errors.ts';
import type { InstanceRecord } from '../../model/instance.ts';
import { finalVmState } from '../../model/states.ts';
import { BadRequest, HttpError, NotFound } from '../http-error.ts';

export const serverNotFound = (id: string): NotFound => new NotFound(`Instance ${id} could not be found.`);

/** What needs a guest says of a server without host. */
const needHost: ReadonlySet<string> = new Set(['start', 'stop', 'trigger_crash_dump']);
/** What Nova allows in error, though not of a server that never ran. */
const needLaunch: ReadonlySet<string> = new Set(['reboot', 'rebuild', 'rescue']);

/** A refusal in Nova's words; `action` is the key of the request. What is no refusal stays what it is. */
export function inNovasWords(
  error: unknown,
  action: string,
  server: InstanceRecord | null,
  input: unknown = {},
): unknown {
  const answer = (message: string) => new HttpError(409, 'REFUSED', message, { cause: error });
  if (error instanceof InvalidInputError) return new BadRequest(error.message);
  if (server === null) return error;
  const { id, launchedAt, residence, taskState } = server;
  if (error instanceof InstanceLockedError) return answer(`Instance ${id} is locked`);
  if (error instanceof InstanceBusyError) {
    return answer(
      taskState === null
        ? `Cannot '${action}' instance ${id} while its task ${error.inTheWay.operation} is under way`
        : `Cannot '${action}' instance ${id} while it is in task_state ${taskState}`,
    );
  }
  if (!(error instanceof NotAllowedInStateError)) return error;
  if (error.vmState === finalVmState) return serverNotFound(id);
  if (residence === null && needHost.has(action)) return answer(`Instance ${id} is not ready`);
  // It is not the state: the operation says why.
  if (error.allowedFrom.includes(error.vmState) && launchedAt !== null && !isSoft(input)) return answer(error.message);
  if (error.vmState === 'error' && launchedAt === null && needLaunch.has(action) && !isSoft(input)) {
    return answer(`Instance ${id} is in an invalid state for '${action}'`);
  }
  return answer(`Cannot '${action}' instance ${id} while it is in vm_state ${error.vmState}`);
}

/** A soft reboot is for servers that run. */
const isSoft = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'type' in input && input.type === 'SOFT';
