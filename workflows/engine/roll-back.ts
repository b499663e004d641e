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

/** How a roll-back has ended. */
type RolledBack =
  | { readonly end: 'done' }
  /** A step was found to be done, and beyond recall: nothing was taken back. */
  | { readonly end: 'tooLate' }
  /** An undo failed for good. */
  | { readonly end: 'stuck'; readonly fault: Fault };

/**
 * Takes back what was done, newest first, as visible items. An undo whose host does not answer becomes a debt of that
 * host, unless it has to tell first whether there is a way back. Stops at the first undo that fails for good.
 */
export async function rollBack(run: TaskRun, execution: Execution, options: RollBackOptions = {}): Promise<RolledBack> {
  const steps = execution.toUndo();
  if (steps.length > 0) run.setStatus('ROLLING_BACK');
  for (const [index, step] of steps.entries()) {
    const undone = await undo(run, execution, step, options);
    if (undone.end === 'owed') execution.settle(step.name);
    else if (undone.end === 'failed') {
      for (const rest of steps.slice(index + 1)) run.mention(rest, 'undo', 'WAITING');
      return { end: 'stuck', fault: undone.fault };
    } else if (!execution.takenBack(step.name, undone.found)) return { end: 'tooLate' };
  }
  return { end: 'done' };
}

/** How one undo has ended. */
type Undone =
  /** `found`: what the unit has answered. */
  | { readonly end: 'done'; readonly found: unknown }
  | { readonly end: 'owed' }
  | { readonly end: 'failed'; readonly fault: Fault };

async function undo(
  run: TaskRun,
  execution: Execution,
  step: Step,
  { oweAll = false }: RollBackOptions,
): Promise<Undone> {
  const dispatch: Dispatch = { step, direction: 'undo', context: execution.context };
  const host = hostFor(dispatch);
  const mayBeOwed = oweAll || step.undo?.tooLate === undefined;
  if (host !== null && mayBeOwed && execution.unreachable.has(host)) {
    await owe(run, dispatch, host, true);
    return { end: 'owed' };
  }
  const { failure, found } = await tryUndo(run, dispatch);
  if (failure === null) return { end: 'done', found };
  if (host === null || !mayBeOwed || !(failure.unreachable || oweAll)) return { end: 'failed', fault: failure.fault };
  if (failure.unreachable) execution.unreachable.add(host);
  await owe(run, dispatch, host, failure.unreachable);
  return { end: 'owed' };
}

interface Attempted {
  readonly failure: StepFailure | null;
  readonly found: unknown;
}

/** Runs the undo; again while the host is only too busy to take it. */
async function tryUndo(run: TaskRun, dispatch: Dispatch): Promise<Attempted> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { failure: null, found: await dispatchUnit(run, dispatch) };
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      if (error.fault.code !== 'HOST_BUSY' || attempt === attemptsOnBusyHost) return { failure: error, found: null };
    }
  }
}
