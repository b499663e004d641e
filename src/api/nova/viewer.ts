/** Who reads, in which version, and where they came to: what the shape of an answer depends on. */
import type { FastifyRequest } from 'fastify';
import { isAdmin } from '../../authentication/caller.ts';
import type { Catalogue } from '../../client/input.ts';
import { callerOf } from '../authenticate.ts';
import { rootOf } from '../root-url.ts';
import type { Microversion } from './microversion.ts';

export type HostStatus = 'UP' | 'DOWN' | 'MAINTENANCE' | 'UNKNOWN' | '';

export interface Viewer {
  readonly isAdmin: boolean;
  readonly microversion: Microversion;
  /** The address that the client came to. */
  readonly root: string;
  /** The same with the version, and the project where the client named it. */
  readonly base: string;
  readonly catalogue: Catalogue;
  /** For admins; `''` of no host. */
  readonly hostStatus: (host: string | null) => HostStatus;
  /** Lists leave out what would have to be looked up for each. */
  readonly isList: boolean;
}

export interface ViewerOptions {
  readonly hostStatus?: Viewer['hostStatus'];
  readonly isList?: boolean;
}

/** Who reads the answer to a request. */
export function viewerOf(
  request: Pick<FastifyRequest, 'caller' | 'microversion' | 'protocol' | 'host' | 'novaBase'>,
  catalogue: Catalogue,
  { hostStatus = (host) => (host === null ? '' : 'UNKNOWN'), isList = false }: ViewerOptions = {},
): Viewer {
  const root = rootOf(request);
  return {
    isAdmin: isAdmin(callerOf(request)),
    microversion: request.microversion,
    root,
    base: `${root}${request.novaBase}`,
    catalogue,
    hostStatus,
    isList,
  };
}
