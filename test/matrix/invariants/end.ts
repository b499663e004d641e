import type { Trial } from '../trial.ts';
import { unlessEqual, type Violation } from '../violation.ts';
import type { Expected } from './expected.ts';

/** The task has ended as it must, and the instance is idle; in error where a person has to look. */
export function endsRight({ task, record }: Trial, { expectation }: Expected): Violation[] {
  const { status, fault, looseEnds } = task;
  const { faults, stuck } = expectation;
  const code = fault?.code ?? null;
  const wanted = code !== null && faults.includes(code) ? code : (faults[0] ?? null);
  return [
    ...unlessEqual('status', status, expectation.status),
    ...unlessEqual('fault', code, wanted),
    ...unlessEqual('loose ends', looseEnds, stuck),
    ...unlessEqual('task_state', record.taskState, null),
    ...(stuck ? unlessEqual('vm_state', record.vmState, 'error') : []),
  ];
}
