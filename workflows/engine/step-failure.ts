import type { ActivityFailure } from '@temporalio/workflow';
import { ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { decodeTimeoutType, RetryState, TimeoutType } from '@temporalio/common';
import { fault, isFaultCode, type Fault, type FaultCircumstances, type FaultCode } from '../../src/model/fault.ts';

/** Why a unit did not end well, in the terms of the engine. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  readonly fault: Fault;
  readonly outcome: 'failed' | 'timedOut';
  /** No worker of the host took the unit in time: what it did before, if anything, is unknown. */
  readonly unreachable: boolean;

  constructor(cause: Fault, outcome: 'failed' | 'timedOut', unreachable = false) {
    super(cause.message);
    this.fault = cause;
    this.outcome = outcome;
    this.unreachable = unreachable;
  }
}

/** True when the unit was never taken by a worker within its queue deadline. */
export function timedOutInQueue(error: ActivityFailure): boolean {
  return error.cause instanceof TimeoutFailure && error.cause.timeoutType === TimeoutType.SCHEDULE_TO_START;
}

/** The fault that an activity's failure stands for. Where the failure carries a typed fault, that is the one. */
export function toStepFailure(error: ActivityFailure, circumstances: FaultCircumstances): StepFailure {
  const { cause } = error;
  if (cause instanceof ApplicationFailure) {
    const code = isFaultCode(cause.type) ? cause.type : 'INTERNAL_ERROR';
    const raised = raisedFault(cause) ?? fault(code, { detail: cause.message });
    const outcome = error.retryState === RetryState.TIMEOUT ? 'timedOut' : 'failed';
    return new StepFailure({ ...raised, ...circumstances }, outcome);
  }
  if (cause instanceof TimeoutFailure) {
    const code = codeOf(cause);
    return new StepFailure(fault(code, { ...circumstances, detail: describeTimeout(cause) }), 'timedOut');
  }
  return new StepFailure(fault('INTERNAL_ERROR', { ...circumstances, detail: error.message }), 'failed');
}

/** The fault that the unit's worker put into the failure's details. */
function raisedFault(failure: ApplicationFailure): Fault | null {
  const [detail]: unknown[] = failure.details ?? [];
  if (typeof detail !== 'object' || detail === null || !('code' in detail) || !isFaultCode(detail.code)) return null;
  const text = (key: string) => {
    const value: unknown = Object.entries(detail).find(([name]) => name === key)?.[1];
    return typeof value === 'string' ? { [key]: value } : {};
  };
  return { ...fault(detail.code), ...text('message'), ...text('detail'), ...text('host') };
}

/** What a time-out stands for: the way in which the last attempt ended, where one had ended before the time was up. */
function codeOf(failure: TimeoutFailure): FaultCode {
  if (failure.timeoutType === TimeoutType.HEARTBEAT) return 'HOST_UNRESPONSIVE';
  const { timeoutFailureInfo, applicationFailureInfo } = lastAttempt(failure) ?? {};
  if (decodeTimeoutType(timeoutFailureInfo?.timeoutType) === TimeoutType.HEARTBEAT) return 'HOST_UNRESPONSIVE';
  const code = applicationFailureInfo?.type;
  return isFaultCode(code) ? code : 'DEADLINE_EXCEEDED';
}

/** The SDK's error lacks the cause of a time-out; the failure as the server sent it has it. */
const lastAttempt = ({ failure }: TimeoutFailure) => failure?.cause;

function describeTimeout(failure: TimeoutFailure): string {
  const message = lastAttempt(failure)?.message;
  return `${failure.timeoutType} timeout${message ? `, after: ${message}` : ''}`;
}
