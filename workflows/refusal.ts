import { ApplicationFailure } from '@temporalio/workflow';
import type { Problem } from '../src/model/problem.ts';

/**
 * Refuses a request with the problem as data. Not retryable, and benign: a refusal is an answer, not an error of ours.
 * From an update's validator it leaves no trace in history.
 */
export function refuse(problem: Problem): never {
  throw ApplicationFailure.create({
    type: problem.type,
    message: problem.message,
    nonRetryable: true,
    category: 'BENIGN',
    details: [problem],
  });
}
