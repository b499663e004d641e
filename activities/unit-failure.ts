import { ApplicationFailure } from '@temporalio/activity';
import { fault } from '../src/model/fault.ts';
import { UnitFault } from './unit-fault.ts';

/** The failure that Temporal records: typed, with the fault for the task and the original, with its stack, as its cause. */
export function toApplicationFailure(
  error: unknown,
  where: { readonly step: string; readonly host?: string },
): ApplicationFailure {
  const original = error instanceof Error ? error : new Error(String(error));
  const code = original instanceof UnitFault ? original.code : 'INTERNAL_ERROR';
  const remark = original instanceof UnitFault ? original.remark : undefined;
  const found = fault(code, { ...where, detail: original.message, ...(remark === undefined ? {} : { remark }) });
  return ApplicationFailure.create({
    type: code,
    message: original.message,
    nonRetryable: !found.retryable,
    details: [found],
    cause: original,
  });
}
