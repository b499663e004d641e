/** Everything that may happen to a step. */
import * as deliveries from './deliveries.ts';
import * as failures from './failures.ts';
import * as undos from './undos.ts';
import * as verbs from './verbs.ts';
import type { Way } from './way.ts';

export const ways: readonly Way[] = [failures, deliveries, verbs, undos].flatMap((group) => Object.values(group));
export type { Way } from './way.ts';
