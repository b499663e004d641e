import { uuid4 } from '@temporalio/workflow';
import { control, toUnitCall, unitOf, type Dispatch } from './dispatch-unit.ts';
import { now, type TaskRun } from './task-run.ts';

/** Books a unit as a debt of a host that does not answer: it is paid before the host serves again. */
export async function owe(run: TaskRun, dispatch: Dispatch, host: string): Promise<void> {
  const { purpose, input } = toUnitCall(run, dispatch);
  const unit = unitOf(dispatch).name;
  await control.oweToHost.executeWithOptions(
    { activityId: `owe ${dispatch.direction} ${dispatch.step.name}`, summary: `${unit} is owed to ${host}` },
    [host, { id: uuid4(), unit, input, purpose, owedAt: now() }],
  );
  run.mention(dispatch.step, dispatch.direction, 'OWED', host);
}
