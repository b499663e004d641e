/** What Nova does and this platform does not: said, and not left out in silence. */
import { BadRequest } from '../http-error.ts';

export const unsupported = (key: string, why: string): BadRequest => new BadRequest(`${key} is not taken here: ${why}`);
