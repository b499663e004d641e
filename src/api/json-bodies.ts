/** How bodies in JSON are read: strictly, since what reads them further on trusts them to be sound. */
import type { Api } from './application.ts';
import { BadRequest } from './http-error.ts';

/** More than any request has use for; what goes through a body level by level must come to an end. */
const deepest = 64;

const bodiless: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD']);

/** Has bodies of this media type read as JSON; refuses what is not UTF-8, not JSON, or nested too deep. */
export function readJsonBodies(api: Api, mediaType: string): void {
  const parse = api.getDefaultJsonParser('error', 'error');
  if (api.hasContentTypeParser(mediaType)) api.removeContentTypeParser(mediaType);
  api.addContentTypeParser(mediaType, { parseAs: 'buffer' }, (request, body, done) => {
    // Some clients say so of what they do not send.
    if (body.length === 0 && bodiless.has(request.method)) {
      done(null, undefined);
      return;
    }
    const text = decode(body);
    if (text === null) {
      done(new BadRequest('the body is not in UTF-8'));
      return;
    }
    void parse(request, text, (error, parsed: unknown) => {
      const isTooDeep = error === null && isDeeperThan(deepest, parsed);
      done(isTooDeep ? new BadRequest(`the body is nested deeper than ${deepest} levels`) : error, parsed);
    });
  });
}

function decode(body: Buffer | string): string | null {
  try {
    return typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

/** Level by level: the call stack is what deep nesting is meant to exhaust. */
function isDeeperThan(levels: number, value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= levels; depth += 1) {
    level = level.flatMap((each): unknown[] => (typeof each === 'object' && each !== null ? Object.values(each) : []));
    if (level.length === 0) return false;
  }
  return true;
}
