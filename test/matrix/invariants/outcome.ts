/** The instance is what the declaration says it is after a success, or what it was before. */
import type { InstanceRecord } from '../../../src/client/index.ts';
import { initialVmState, reconcileVmState, type VmState } from '../../../src/model/states.ts';
import { statesAfter } from '../request.ts';
import type { Snapshot } from '../subject.ts';
import type { Trial } from '../trial.ts';
import { unlessEqual, type Violation } from '../violation.ts';
import { differences } from './agreement.ts';
import type { Expected } from './expected.ts';

export async function outcomeIsDeclared(trial: Trial, expected: Expected): Promise<Violation[]> {
  const record = await trial.subject.record();
  return expected.expectation.outcome === 'done'
    ? isDone(record, trial.before.record, expected)
    : isUndone(trial, record, expected);
}

function isDone({ vmState }: InstanceRecord, former: InstanceRecord | null, expected: Expected): Violation[] {
  const { operation, trace } = expected;
  // One that leads nowhere leaves the instance in the state that it was in.
  const declared = statesAfter(operation);
  const leadsTo = declared.length === 0 ? [former?.vmState] : declared;
  const allowed = leadsTo.includes(vmState) ? vmState : leadsTo;
  return [...unlessEqual('vm_state', vmState, allowed), ...unlessEqual('vm_state', vmState, trace.endsIn)];
}

async function isUndone({ subject, before }: Trial, record: InstanceRecord, expected: Expected): Promise<Violation[]> {
  const { belongings } = await subject.snapshot();
  return [
    ...unlessEqual('vm_state', record.vmState, stateAfterUndo(before, record, expected)),
    ...(before.record === null ? [] : unlessEqual('record', lasting(record), lasting(before.record))),
    ...differences(comparable(belongings, before), comparable(before.belongings, before)),
  ];
}

/** What it was, or what its declaration says of a failure, unless the hypervisor says otherwise of its guest. */
function stateAfterUndo({ record: former }: Snapshot, now: InstanceRecord, { operation }: Expected): VmState {
  const declared = operation.failsTo ?? former?.vmState ?? initialVmState;
  return now.residence === null ? declared : reconcileVmState(declared, now.powerState);
}

/** The record without what every task changes, and what the hypervisor and its host have the last word on. */
function lasting(record: InstanceRecord) {
  const { vmState: _vmState, powerState: _powerState, taskState: _taskState, ...rest } = record;
  const { generation: _generation, updatedAt: _updatedAt, fencedHosts: _fencedHosts, ...kept } = rest;
  return kept;
}

/**
 * A unit that is not worth an undo may have changed the power state, and nothing else. A guest that the host had lost
 * may have been defined again.
 */
const comparable = (belongings: Snapshot['belongings'], { record }: Snapshot) =>
  Object.fromEntries(
    Object.entries(belongings).map(([host, { guest, ...things }]) => {
      const isLost = record?.powerState === 'NOSTATE' && record.residence?.host === host;
      const { powerState: _powerState, ...kept } = guest ?? {};
      return [host, { ...things, guest: guest === null || isLost ? null : kept }];
    }),
  );
