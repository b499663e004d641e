import type { Fault } from '../../src/model/fault.ts';
import type { Step } from '../../src/model/operation.ts';
import { dispatchUnit, hostFor, type Dispatch } from './dispatch-unit.ts';
import type { Execution } from './execution.ts';
import { owe } from './owe.ts';
import { StepFailure } from './step-failure.ts';
import type { TaskRun } from './task-run.ts';

/** How often an undo waits its full time in the queue of a host that is alive and has no free worker. */
const attemptsOnBusyHost = 10;

interface RollBackOptions {
  /** An undo that fails for good becomes a debt of its host too: a delete waits for nobody. */
  readonly oweAll?: boolean;
}

/**
 * Takes back what was done, newest first, as visible items. An undo whose host does not answer becomes a debt of that
 * host. Answers with the fault of the first undo that failed for good, where it stops; null when all is taken back.
 */
export async function rollBack(
  run: TaskRun,
  execution: Execution,
  options: RollBackOptions = {},
): Promise<Fault | null> {
  const steps = execution.toUndo();
  if (steps.length > 0) run.setStatus('ROLLING_BACK');
  for (const [index, step] of steps.entries()) {
    const stuck = await undo(run, execution, step, options);
    if (stuck === null) {
      execution.settle(step.name);
      continue;
    }
    for (const rest of steps.slice(index + 1)) run.mention(rest, 'undo', 'WAITING');
    return stuck;
  }
  return null;
}

async function undo(
  run: TaskRun,
  execution: Execution,
  step: Step,
  { oweAll = false }: RollBackOptions,
): Promise<Fault | null> {
  const dispatch: Dispatch = { step, direction: 'undo', context: execution.context };
  const host = hostFor(dispatch);
  if (host !== null && execution.unreachable.has(host)) {
    await owe(run, dispatch, host, true);
    return null;
  }
  const failure = await tryUndo(run, dispatch);
  if (failure === null) return null;
  if (host === null || !(failure.unreachable || oweAll)) return failure.fault;
  if (failure.unreachable) execution.unreachable.add(host);
  await owe(run, dispatch, host, failure.unreachable);
  return null;
}

/** Runs the undo; again while the host is only too busy to take it. */
async function tryUndo(run: TaskRun, dispatch: Dispatch): Promise<StepFailure | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await dispatchUnit(run, dispatch);
      return null;
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      if (error.fault.code !== 'HOST_BUSY' || attempt === attemptsOnBusyHost) return error;
    }
  }
}
