/** Which version of Nova's API a request speaks. */
import type { IncomingHttpHeaders } from 'node:http';
import { BadRequest, HttpError } from '../http-error.ts';

/** The major number is 2 in all that are served, so that the minor one says it all: 93 is 2.93. */
export type Microversion = number;

export const oldest: Microversion = 1;
export const newest: Microversion = 96;

export const wordOf = (version: Microversion): string => `2.${version}`;

/** The headers that versions are asked for in and answered with. */
export const versionHeader = 'OpenStack-API-Version';
export const olderVersionHeader = 'X-OpenStack-Nova-API-Version';

const service = 'compute';

/** What the request asks for, in its own word: of several the last one counts. Without any it is the oldest. */
export function requestedVersion(headers: IncomingHttpHeaders): string {
  const pairs = listOf(headers[versionHeader.toLowerCase()]).map((pair) => pair.split(/\s+/));
  const asked = pairs.findLast(([name, word]) => name?.toLowerCase() === service && word !== undefined)?.[1];
  const word = asked ?? listOf(headers[olderVersionHeader.toLowerCase()]).at(-1) ?? wordOf(oldest);
  return word.toLowerCase() === 'latest' ? wordOf(newest) : word;
}

const listOf = (header: string | string[] | undefined): string[] =>
  [header ?? []]
    .flat()
    .flatMap((line) => line.split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '');

const pattern = /^(?<major>[1-9]\d*)\.(?<minor>[1-9]\d*|0)$/;

/** Whether it is written as versions are. */
export const isVersion = (word: string): boolean => pattern.test(word);

/** Throws {@link BadRequest} for what is no version, and an {@link HttpError} of 406 for one that is not served. */
export function parseVersion(word: string): Microversion {
  const { major, minor } = pattern.exec(word)?.groups ?? {};
  if (major === undefined || minor === undefined) {
    throw new BadRequest(`API Version String ${word} is of invalid format. Must be of format MajorNum.MinorNum.`);
  }
  const version = Number(minor);
  if (Number(major) === 2 && version >= oldest && version <= newest) return version;
  const range = `Minimum is ${wordOf(oldest)} and maximum is ${wordOf(newest)}.`;
  throw new HttpError(406, 'NOT_ACCEPTABLE', `Version ${word} is not supported by the API. ${range}`);
}
