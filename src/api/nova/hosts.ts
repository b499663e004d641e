/** What admins are shown of hosts. */
import { LRUCache } from 'lru-cache';
import type { HostRecord } from '../../model/host.ts';
import type { Reach } from '../reach.ts';
import type { HostStatus } from './viewer.ts';

/** Lists of servers ask for all hosts: so long, in milliseconds, one answer will do. */
const rememberedMs = 1_000;

/** The hosts, a second old at most. */
export class Hosts {
  readonly #cache: LRUCache<'all', HostRecord[]>;

  constructor({ client }: Reach) {
    this.#cache = new LRUCache({ max: 1, ttl: rememberedMs, fetchMethod: () => client.hosts() });
  }

  async all(): Promise<readonly HostRecord[]> {
    return (await this.#cache.fetch('all')) ?? [];
  }

  /** How each is, by name. */
  async statuses(): Promise<(host: string | null) => HostStatus> {
    const hosts = new Map((await this.all()).map((host) => [host.name, statusOf(host)]));
    return (name) => (name === null ? '' : (hosts.get(name) ?? 'UNKNOWN'));
  }
}

/** In Nova's words: one in maintenance is up, and disabled. */
export function statusOf({ up, maintenance, fenced }: HostRecord): HostStatus {
  if (!up || fenced) return 'DOWN';
  return maintenance ? 'MAINTENANCE' : 'UP';
}
