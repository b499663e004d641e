import type { FastifyRequest } from 'fastify';
import { NotFound } from '../http-error.ts';
import type { Microversion } from './microversion.ts';

/** For a route that only these versions have: in others it is not there. */
export const since =
  (from: Microversion, upTo: Microversion = Infinity) =>
  async ({ microversion }: Pick<FastifyRequest, 'microversion'>): Promise<void> => {
    if (microversion < from || microversion > upTo) throw new NotFound('The resource could not be found.');
  };
