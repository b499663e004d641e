import { owedSequence, type Debt } from '../../src/model/host.ts';
import { newId } from '../new-id.ts';
import { control, toUnitCall, unitOf, type Dispatch } from './dispatch-unit.ts';
import { now, type TaskRun } from './task-run.ts';

/** Books a unit as a debt of its host: it is paid before the host, once it is back, serves again. */
export async function owe(run: TaskRun, dispatch: Dispatch, host: string, unreachable: boolean): Promise<void> {
  const { purpose, input } = toUnitCall(run, dispatch);
  const unit = unitOf(dispatch).name;
  const debt: Debt = {
    id: newId(),
    unit,
    input,
    purpose: { ...purpose, sequence: owedSequence(purpose.sequence) },
    unreachable,
    owedAt: now(),
  };
  await control.oweToHost.executeWithOptions(
    { activityId: `owe ${dispatch.direction} ${dispatch.step.name}`, summary: `${unit} is owed to ${host}` },
    [host, debt],
  );
  run.mention(dispatch.step, dispatch.direction, 'OWED', host);
}
