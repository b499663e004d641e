import type { ActivityOptions } from '@temporalio/workflow';
import { milliseconds, queueDeadline, type DurationText } from '../../src/model/deadline.ts';
import type { Step } from '../../src/model/operation.ts';
import type { Unit } from '../../src/model/unit.ts';

/** A unit that shows no progress for so long is taken from its worker, which may be dead. */
const heartbeatDeadlines = { host: '5s', control: '10s' } as const satisfies Record<Unit['runsOn'], DurationText>;
/** Heartbeats travel through throttles and timers of the SDK: below this, healthy units would be taken for hung. */
const shortestHeartbeatMs = 1_500;
/** However small the scale: a healthy unit is done within this, and taken by a worker within a part of it. */
const shortestDeadlineMs = 5_000;
const shortestQueueMs = 1_000;
const shortestPauseMs = 20;

type Deadlines = Pick<
  ActivityOptions,
  'scheduleToCloseTimeout' | 'startToCloseTimeout' | 'scheduleToStartTimeout' | 'heartbeatTimeout' | 'retry'
>;

/**
 * The three deadlines of a step (one attempt, the step in all, the wait in the host's queue) and the pauses between
 * attempts, as activity options. `scale` multiplies all of them, within reason.
 */
export function deadlinesOf(
  { deadline, attemptDeadline = deadline, unit }: Pick<Step, 'deadline' | 'attemptDeadline' | 'unit'>,
  scale: number,
): Deadlines {
  const scaled = (duration: DurationText, shortestMs: number) => {
    const full = milliseconds(duration);
    return Math.max(Math.min(full, shortestMs), Math.round(full * scale));
  };
  return {
    scheduleToCloseTimeout: scaled(deadline, shortestDeadlineMs),
    startToCloseTimeout: scaled(attemptDeadline, shortestDeadlineMs),
    heartbeatTimeout: scaled(heartbeatDeadlines[unit.runsOn], shortestHeartbeatMs),
    ...(unit.runsOn === 'host' && { scheduleToStartTimeout: scaled(queueDeadline, shortestQueueMs) }),
    retry: {
      initialInterval: scaled('500ms', shortestPauseMs),
      backoffCoefficient: 2,
      maximumInterval: scaled('10s', shortestPauseMs),
    },
  };
}
