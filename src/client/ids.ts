import { createHash } from 'node:crypto';
import { v4, v5 } from 'uuid';
import { isSealed } from '../model/secret.ts';
import type { Timing } from './timing.ts';

/** Of ids that are derived from what a caller chose. Never change it: retried requests would no longer find their tasks. */
const namespace = '5f0c1f4e-6a8c-4c8b-9f6e-3c6f6a0d2b7e';

/** Id of the instance that a create makes: a repeated request finds its own. */
export const newInstanceId = (projectId: string, idempotencyKey: string | undefined, index = 0): string =>
  idempotencyKey === undefined ? v4() : v5(JSON.stringify(['instance', projectId, idempotencyKey, index]), namespace);

/** Id of a task on an instance: a repeated request finds its own. */
export const newTaskId = (instanceId: string, idempotencyKey: string | undefined): string =>
  idempotencyKey === undefined ? v4() : v5(JSON.stringify(['task', instanceId, idempotencyKey]), namespace);

/** Id of a port that an instance is born with. */
export const newPortId = (instanceId: string, index: number): string =>
  v5(JSON.stringify(['port', instanceId, index]), namespace);

/** OpenStack's form of a request id. */
export const newRequestId = (): string => `req-${v4()}`;

/**
 * Tells two requests under one idempotency key apart: 64 bits of a hash over what was asked for. The time is taken as it
 * was written: `10m` is the same request a moment later. A sealed secret counts by its digest: sealed again it is the same.
 */
export function fingerprintOf(operation: string, input: unknown, { startAt, after }: Timing = {}): string {
  const wanted = [operation, input, ...(startAt === undefined && after === undefined ? [] : [startAt, after])];
  return createHash('sha256')
    .update(JSON.stringify(wanted, (_key, value: unknown) => (isSealed(value) ? value.digest : value)))
    .digest('hex')
    .slice(0, 16);
}
