import type { RecordChanges } from '../../src/model/instance.ts';
import type { Step } from '../../src/model/operation.ts';
import { reconcileVmState } from '../../src/model/states.ts';
import { inspectGuest, type GuestReport } from '../../src/operations/units/index.ts';
import { dispatchUnit } from './dispatch-unit.ts';
import type { Execution } from './execution.ts';
import { StepFailure } from './step-failure.ts';
import type { TaskRun } from './task-run.ts';

/**
 * After a task that did not go as planned the hypervisor is asked what became of the guest: the record must say the
 * same. Skipped when nothing was sent to the guest's host; a host that does not answer leaves the record as it is.
 */
export async function reconcile(run: TaskRun, execution: Execution, changes: RecordChanges): Promise<RecordChanges> {
  const { instance } = run.work;
  const residence = changes.residence === undefined ? instance.residence : changes.residence;
  if (residence === null || execution.unreachable.has(residence.host) || !execution.touched(residence.host)) {
    return changes;
  }
  try {
    const report = await dispatchUnit(run, {
      step: inspection(residence.host, run.view().taskState),
      direction: 'check',
      context: execution.context,
    });
    if (!isGuestReport(report)) return changes;
    const vmState = reconcileVmState(changes.vmState ?? instance.vmState, report.powerState);
    return { ...changes, vmState, powerState: report.powerState };
  } catch (error) {
    if (error instanceof StepFailure) return changes;
    throw error;
  }
}

const inspection = (host: string, taskState: Step['taskState']): Step => ({
  name: 'inspect',
  taskState,
  event: 'compute_sync_power_state',
  deadline: '30s',
  unit: inspectGuest,
  on: () => host,
  with: () => ({}),
});

const isGuestReport = (value: unknown): value is GuestReport =>
  typeof value === 'object' && value !== null && 'powerState' in value;
