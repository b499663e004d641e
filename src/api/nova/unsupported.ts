/** What Nova does and this platform does not: said, and not left out in silence. */
import { BadRequest } from '../http-error.ts';

/** Throws {@link BadRequest} for a password that the guest would be made with. */
export function refusePassword(adminPass: string | undefined): void {
  if (adminPass === undefined) return;
  throw new BadRequest(
    'adminPass is not taken here: guests are made without a password; changePassword sets one in a guest that runs',
  );
}

export const unsupported = (key: string, why: string): BadRequest => new BadRequest(`${key} is not taken here: ${why}`);
