import {
  ActivityCancellationType,
  ActivityFailure,
  isCancellation,
  proxyActivities,
  scheduleActivity,
} from '@temporalio/workflow';
import { fault } from '../../src/model/fault.ts';
import type { ErasedContext, ForceCompletionStep, Step, UndoStep } from '../../src/model/operation.ts';
import { activityIdOf } from '../../src/model/task-history.ts';
import { hostTaskQueue, type Direction, type ItemState } from '../../src/model/task.ts';
import type { Unit, UnitCall, UnitPurpose } from '../../src/model/unit.ts';
import type { ControlActivities } from '../control-activities.ts';
import { deadlinesOf } from './deadlines.ts';
import { StepFailure, timedOutInQueue, toStepFailure } from './step-failure.ts';
import type { TaskRun } from './task-run.ts';

export const control = proxyActivities<ControlActivities>({
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

/** For what may take as long as a task. */
export const patientControl = proxyActivities<Pick<ControlActivities, 'awaitTask'>>({
  startToCloseTimeout: '7 days',
  heartbeatTimeout: '1m',
});

/** A unit to be sent to where it runs. */
export interface Dispatch {
  readonly step: Step;
  readonly direction: Direction;
  readonly context: ErasedContext;
}

/** The host whose workers run the unit; null for the control plane. Throws when a unit of hosts is declared without one. */
export function hostFor({ step, direction, context }: Dispatch): string | null {
  const half = part(step, direction);
  if (half.unit.runsOn === 'control') return null;
  const host = half.on?.(context);
  if (host === undefined) throw new Error(`step ${step.name} does not say on which host ${half.unit.name} runs`);
  return host;
}

/**
 * Runs the unit of a step, or of its undo, as an activity and as an item of the task.
 * Throws a {@link StepFailure} when it has failed for good, and a cancellation as it is.
 */
export async function dispatchUnit(run: TaskRun, dispatch: Dispatch): Promise<unknown> {
  const { step, direction } = dispatch;
  const host = hostFor(dispatch);
  const item = run.begin(step, direction, host, activityIdOf(step.name, direction));
  try {
    if (host !== null) refuseFenced(run, step.name, host);
    const output = await schedule(run, dispatch, host);
    run.end(item, 'COMPLETED');
    return output;
  } catch (error) {
    if (isCancellation(error)) {
      run.end(item, 'ABORTED');
      throw error;
    }
    const failure = error instanceof ActivityFailure ? await explain(error, step.name, host) : error;
    if (!(failure instanceof StepFailure)) throw failure;
    const state: ItemState = failure.outcome === 'timedOut' ? 'TIMED_OUT' : 'FAILED';
    run.end(item, state, failure.fault);
    throw failure;
  }
}

/** Nobody would take the unit before the host has paid its debts. */
function refuseFenced({ fencedHosts }: TaskRun, step: string, host: string): void {
  if (fencedHosts.has(host)) {
    throw new StepFailure(fault('HOST_FENCED', { step, host, detail: 'nothing was sent to the host' }), 'failed', true);
  }
}

function schedule(run: TaskRun, dispatch: Dispatch, host: string | null): Promise<unknown> {
  const { step, direction } = dispatch;
  const unit = unitOf(dispatch);
  const activityId = activityIdOf(step.name, direction);
  return scheduleActivity(unit.name, [toUnitCall(run, dispatch)], {
    activityId,
    summary: `${activityId}: ${unit.name}${host === null ? '' : ` on ${host}`}`,
    ...deadlinesOf({ ...step, ...part(step, direction), unit }, run.request.deadlineScale),
    ...(host !== null && { taskQueue: hostTaskQueue(host) }),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/** The argument of the unit's activity. Each call stands for one dispatch, and takes the next number of the task. */
export function toUnitCall(run: TaskRun, { step, direction, context }: Dispatch): UnitCall<unknown> {
  run.sequence += 1;
  const purpose: UnitPurpose = {
    // The task that the effect belongs to, also while another one recovers it: the key stays the same.
    taskId: context.taskId,
    operation: run.work.operation.name,
    step: step.name,
    direction,
    instanceId: run.instance.id,
    generation: run.instance.generation,
    sequence: run.sequence,
  };
  return { purpose, input: part(step, direction).with(context) };
}

/** The unit that is meant. */
export const unitOf = ({ step, direction }: Dispatch): Unit => part(step, direction).unit;

/** What an activity's failure means. For a unit that nobody took, somebody has to look whether its host is alive. */
async function explain(error: ActivityFailure, step: string, host: string | null): Promise<StepFailure> {
  if (host === null || !timedOutInQueue(error)) return toStepFailure(error, { step, ...(host !== null && { host }) });
  const alive = await control.isHostAlive(host);
  const detail = alive ? 'the workers of the host are alive and took nothing' : 'no worker of the host is alive';
  return new StepFailure(fault(alive ? 'HOST_BUSY' : 'HOST_DOWN', { step, host, detail }), 'failed', !alive);
}

/** The part of a step that is meant. */
function part(step: Step, direction: Direction): Step | UndoStep | ForceCompletionStep {
  const meant = direction === 'undo' ? step.undo : direction === 'force' ? step.forceComplete : step;
  if (meant === undefined) throw new Error(`step ${step.name} has nothing to ${direction}`);
  return meant;
}
