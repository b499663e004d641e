import type { FastifyRequest } from 'fastify';

/** The address that the client came to, for absolute links: `http://127.0.0.1:8774`. */
export const rootOf = ({ protocol, host }: Pick<FastifyRequest, 'protocol' | 'host'>): string =>
  `${protocol}://${host}`;
