import { Context } from '@temporalio/activity';
import type { UnitPurpose } from '../src/model/unit.ts';
import type { UnitContext } from './drivers/driver.ts';

/** What Temporal knows of the delivery of a unit that this activity is. */
export function unitContext(purpose: UnitPurpose): UnitContext {
  const context = Context.current();
  const { generation, sequence } = purpose;
  return {
    purpose,
    fence: { generation, sequence, attempt: context.info.attempt },
    signal: context.cancellationSignal,
    progress: (share) => context.heartbeat({ share }),
  };
}
