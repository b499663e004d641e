/** Where the next page of a list is. */
import type { FastifyRequest } from 'fastify';
import { rootOf } from '../root-url.ts';
import { toParameters } from './complaint.ts';

/** The same question, from a marker on; its parameters in the order of the alphabet, as Nova writes them. */
export function nextLink(request: FastifyRequest, path: string, marker: string) {
  const asked = Object.entries(toParameters(request.query)).filter(([key]) => key !== 'marker');
  const pairs = asked.flatMap(([key, values]) => values.map((value): [string, string] => [key, value]));
  const sorted = [...pairs, ['marker', marker] satisfies [string, string]].sort(([one], [other]) =>
    one.localeCompare(other),
  );
  const href = `${rootOf(request)}${request.novaBase}/${path}?${new URLSearchParams(sorted).toString()}`;
  return { rel: 'next', href } as const;
}
