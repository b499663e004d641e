import type { ActivityOptions } from '@temporalio/workflow';
import { milliseconds, queueDeadline, type DurationText } from '../../src/model/deadline.ts';
import type { Step } from '../../src/model/operation.ts';
import type { Unit } from '../../src/model/unit.ts';

/** A unit that shows no progress for so long is taken from its worker, which may be dead. */
const heartbeatDeadlines = { host: '5s', control: '10s' } as const satisfies Record<Unit['runsOn'], DurationText>;
/** Heartbeats travel through throttles and timers of the SDK: below this, healthy units would be taken for hung. */
const shortestHeartbeatMs = 1_500;

type Deadlines = Pick<
  ActivityOptions,
  'scheduleToCloseTimeout' | 'startToCloseTimeout' | 'scheduleToStartTimeout' | 'heartbeatTimeout' | 'retry'
>;

/**
 * The three deadlines of a step (one attempt, the step in all, the wait in the host's queue) and the pauses between
 * attempts, as activity options. `scale` multiplies all of them.
 */
export function deadlinesOf(
  { deadline, attemptDeadline = deadline, unit }: Pick<Step, 'deadline' | 'attemptDeadline' | 'unit'>,
  scale: number,
): Deadlines {
  const scaled = (duration: DurationText) => Math.max(1, Math.round(milliseconds(duration) * scale));
  return {
    scheduleToCloseTimeout: scaled(deadline),
    startToCloseTimeout: scaled(attemptDeadline),
    heartbeatTimeout: Math.max(shortestHeartbeatMs, scaled(heartbeatDeadlines[unit.runsOn])),
    ...(unit.runsOn === 'host' && { scheduleToStartTimeout: scaled(queueDeadline) }),
    retry: { initialInterval: scaled('500ms'), backoffCoefficient: 2, maximumInterval: scaled('10s') },
  };
}
