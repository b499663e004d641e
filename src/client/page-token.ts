/** Where a list goes on: the server's token, bound to what was listed. The server itself takes long over one that is wrong. */
import { createHash } from 'node:crypto';
import { InvalidInputError } from './errors.ts';

const sealBytes = 8;
const sealOf = (query: string, token: Uint8Array): Buffer =>
  createHash('sha256').update(query).update('\0').update(token).digest().subarray(0, sealBytes);

/** The token of the page that follows, in words for callers; null where there is none. */
export const toPageToken = (query: string, token: Uint8Array): string | null =>
  token.length === 0 ? null : Buffer.concat([sealOf(query, token), token]).toString('base64url');

/** The server's token. Throws {@link InvalidInputError} for one that did not come from the same list. */
export function fromPageToken(query: string, text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  const token = bytes.subarray(sealBytes);
  if (token.length > 0 && sealOf(query, token).equals(bytes.subarray(0, sealBytes))) return token;
  throw new InvalidInputError([{ path: 'page', message: 'is not the `next` of a page of this list' }]);
}
