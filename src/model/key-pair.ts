/** The key pairs of a user: public halves under names, for guests to let their owner in. */
import type { ServerKey } from './config-drive.ts';

export interface KeyPair extends ServerKey {
  /** A number, as Nova's; tells one pair from a later one of the same name. */
  readonly id: number;
  /** MD5 of the public key, as Nova shows it: `1d:2c:…`. */
  readonly fingerprint: string;
  readonly createdAt: string;
}

/** So many one user may have, as by Nova's default quota. */
export const mostKeyPairs = 100;

export const keyPairsWorkflowId = (userId: string): string => `key-pairs/${userId}`;
