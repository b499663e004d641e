/** What the routes of Nova's API share. */
import type { FastifyRequest } from 'fastify';
import { isAdmin } from '../../authentication/caller.ts';
import type { ReadModel } from '../../read-model/read-model.ts';
import { callerOf } from '../authenticate.ts';
import type { Reach } from '../reach.ts';
import type { SecretKeys } from '../../secrets/secret-keys.ts';
import { AdminPasswords } from './admin-passwords.ts';
import { Hosts } from './hosts.ts';
import { viewerOf, type Viewer, type ViewerOptions } from './viewer.ts';

export class NovaContext {
  readonly reach: Reach;
  readonly readModel: ReadModel;
  readonly hosts: Hosts;
  readonly passwords: AdminPasswords;

  constructor(reach: Reach, readModel: ReadModel, secretKeys: SecretKeys) {
    this.passwords = new AdminPasswords(secretKeys);
    this.reach = reach;
    this.readModel = readModel;
    this.hosts = new Hosts(reach);
  }

  /** Who reads the answer to a request; admins are told how hosts are. */
  readonly viewerOf = async (request: FastifyRequest, options: Pick<ViewerOptions, 'isList'> = {}): Promise<Viewer> => {
    const showsHosts = isAdmin(callerOf(request)) && request.microversion >= 16;
    const hostStatus = showsHosts ? { hostStatus: await this.hosts.statuses() } : {};
    return viewerOf(request, this.reach.client.catalogue, { ...options, ...hostStatus });
  };
}
