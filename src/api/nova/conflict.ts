import { InstanceBusyError, InstanceLockedError, NotAllowedInStateError } from '../../client/errors.ts';
import { finalVmState } from '../../model/states.ts';
import { HttpError, NotFound } from '../http-error.ts';

export const serverNotFound = (id: string): NotFound => new NotFound(`Instance ${id} could not be found.`);

/** A refusal in Nova's words; `action` is the key of the request. What is no refusal stays what it is. */
export function inNovasWords(error: unknown, action: string, id: string): unknown {
  const answer = (message: string) => new HttpError(409, 'REFUSED', message, { cause: error });
  if (error instanceof InstanceLockedError) return answer(`Instance ${id} is locked`);
  if (error instanceof InstanceBusyError) {
    return answer(`Cannot '${action}' instance ${id} while its task ${error.inTheWay.operation} is under way`);
  }
  if (!(error instanceof NotAllowedInStateError)) return error;
  if (error.vmState === finalVmState) return serverNotFound(id);
  return answer(`Cannot '${action}' instance ${id} while it is in vm_state ${error.vmState}`);
}
