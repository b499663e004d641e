import { CancellationScope, isCancellation, setHandler } from '@temporalio/workflow';
import { faultCatalogue, type Fault } from '../../src/model/fault.ts';
import type { InstanceRecord } from '../../src/model/instance.ts';
import type { Step } from '../../src/model/operation.ts';
import { closesWayBack } from '../../src/model/undo.ts';
import type { EndedTask, StartedTask } from '../../src/model/task.ts';
import type { RecoverInput } from '../../src/operations/recover.schema.ts';
import type { ExecutedTask } from '../control-activities.ts';
import { taskQuery } from '../messages.ts';
import { Controls, TaskCancelled } from './controls.ts';
import { control, dispatchUnit, hostFor, type Dispatch } from './dispatch-unit.ts';
import { Execution } from './execution.ts';
import { listenForFencing } from './fencing.ts';
import { ForceCompletion } from './force-completion.ts';
import { owe } from './owe.ts';
import { reconcile } from './reconcile.ts';
import { rollBack } from './roll-back.ts';
import { StepFailure } from './step-failure.ts';
import { runSubTasks } from './sub-tasks.ts';
import { TaskRun } from './task-run.ts';
import { workOf, type Work } from './work.ts';

/**
 * The one method that changes instances. Carries out a task step by step and answers with the ended task: it does not
 * throw for anything that units do. Every step is an activity, so that the task goes on where it was, whatever is killed.
 */
export function executeTaskOnInstance(task: StartedTask, instance: InstanceRecord): Promise<EndedTask> {
  const work = workOf(task, instance);
  return carryOut(new TaskRun(task, instance, work), work);
}

/** Ties up the loose ends of a task: takes its steps back, or beyond its point of no return goes on to the end. */
export async function recoverTask(
  task: StartedTask,
  instance: InstanceRecord,
  decision: RecoverInput,
): Promise<EndedTask> {
  const {
    request,
    instance: former,
    tasks,
  } = await CancellationScope.nonCancellable(() => control.readTaskHistory(task.recovers ?? []));
  const work = workOf(request, former);
  const recovery = { tasks: [...tasks, { decision, executed: [], committed: false }], decision };
  return carryOut(new TaskRun(task, instance, work), work, recovery);
}

interface Recovery {
  readonly tasks: readonly ExecutedTask[];
  readonly decision: RecoverInput;
}

function carryOut(run: TaskRun, work: Work, recovery?: Recovery): Promise<EndedTask> {
  const controls = new Controls(run);
  setHandler(taskQuery, () => run.view(), { description: 'The task: its steps and what may be done with it.' });
  const execution = new Execution(work);
  listenForFencing(run, execution);
  execution.adopt(recovery?.tasks ?? []);
  run.noReturnSince = execution.noReturnSince;
  // Temporal's own cancel is a request like any other: it must not tear down a roll-back.
  return CancellationScope.nonCancellable(() => {
    if (recovery?.tasks.some(({ committed }) => committed)) return commit(run, controls, execution);
    return recovery !== undefined && run.noReturnSince === null
      ? backOut(run, controls, execution, recovery.decision)
      : goForward(run, controls, execution);
  });
}

async function goForward(run: TaskRun, controls: Controls, execution: Execution): Promise<EndedTask> {
  try {
    await controls.runForward(() => doSteps(run, controls, execution));
  } catch (error) {
    return endAfter(error, run, controls, execution);
  }
  return commit(run, controls, execution);
}

/** All steps are done: what they make of the instance stays, and what follows them is run. */
async function commit(run: TaskRun, controls: Controls, execution: Execution): Promise<EndedTask> {
  const { operation } = run.work;
  const { context } = execution;
  const changes = { ...execution.changes(), ...operation.commits(context) };
  const result = operation.result(context);
  if (operation.subTasks.length === 0) return run.finish('COMPLETED', { changes, result });
  const { status, fault, endedSubTasks, ...following } = await runSubTasks(run, controls, context, changes);
  return run.finish(status, { changes: { ...changes, ...following.changes }, result, fault, endedSubTasks });
}

async function doSteps(run: TaskRun, controls: Controls, execution: Execution): Promise<void> {
  for (const step of run.work.operation.steps)
    if (!execution.isComplete(step.name)) await doStep(run, controls, execution, step);
  if (run.noReturnSince === null && !controls.gateIsOpen) await controls.gate();
}

async function doStep(run: TaskRun, controls: Controls, execution: Execution, step: Step): Promise<void> {
  if (step.when?.(execution.context) === false) {
    run.mention(step, 'run', 'SKIPPED');
    return;
  }
  if (!controls.gateIsOpen) await controls.gate();
  if (step.pointOfNoReturn === true) run.noReturnSince ??= step.name;
  const dispatch: Dispatch = { step, direction: 'run', context: execution.context };
  const host = hostFor(dispatch);
  if (step.owedWhen !== undefined && host !== null && execution.unreachable.has(host)) {
    return oweStep(run, execution, dispatch, host, true);
  }
  execution.dispatch(step.name);
  try {
    execution.complete(step.name, await doUnit(run, dispatch));
    if (closesWayBack(step) === 'done') run.noReturnSince ??= step.name;
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    if (error.unreachable && host !== null) execution.unreachable.add(host);
    const mayBeOwed = step.owedWhen === 'failed' || (step.owedWhen === 'unreachable' && error.unreachable);
    if (mayBeOwed && host !== null) return oweStep(run, execution, dispatch, host, error.unreachable);
    if (faultCatalogue[error.fault.code].untouched) {
      execution.forget(step.name);
      // Nothing has been done that could not be taken back.
      if (run.noReturnSince === step.name) run.noReturnSince = null;
    }
    throw error;
  }
}

/** Runs the unit of a step, and while it runs what makes it end soon, if that is asked for. */
async function doUnit(run: TaskRun, dispatch: Dispatch): Promise<unknown> {
  if (dispatch.step.forceComplete === undefined) return dispatchUnit(run, dispatch);
  const forceCompletion = new ForceCompletion(run, dispatch);
  run.forceCompletion = forceCompletion;
  try {
    return await dispatchUnit(run, dispatch);
  } finally {
    run.forceCompletion = null;
    await forceCompletion.settled();
  }
}

async function oweStep(
  run: TaskRun,
  execution: Execution,
  dispatch: Dispatch,
  host: string,
  unreachable: boolean,
): Promise<void> {
  await owe(run, dispatch, host, unreachable);
  execution.dispatch(dispatch.step.name);
  execution.complete(dispatch.step.name, undefined);
}

/** The end of a task whose way forward was barred: by a cancel, or by a unit that failed for good. */
async function endAfter(error: unknown, run: TaskRun, controls: Controls, execution: Execution): Promise<EndedTask> {
  // A unit that is told to stop may end in any way, or give no sign any more: the task was cancelled all the same.
  const cancelled = run.cancelRequested || error instanceof TaskCancelled || isCancellation(error);
  if (!cancelled && !(error instanceof StepFailure)) throw error;
  const cause = !cancelled && error instanceof StepFailure ? error : null;
  const status = cause === null ? 'ABORTED' : cause.outcome === 'timedOut' ? 'TIMED_OUT' : 'FAILED';
  const fault = cause?.fault ?? null;
  if (run.cancelRequested && run.noReturnSince !== null) return goForwardAfterAll(run, controls, execution);
  if (run.noReturnSince !== null) {
    const changes = await reconcile(run, execution, { ...execution.changes(), vmState: 'error' });
    return run.finish(status, { changes, fault, looseEnds: true });
  }
  const rolledBack = await rollBack(run, execution);
  if (rolledBack.end === 'tooLate') return goForwardAfterAll(run, controls, execution);
  if (rolledBack.end === 'stuck') return rollBackFailed(run, execution, rolledBack.fault);
  const { failsTo } = run.work.operation;
  return run.finish(status, {
    changes: await reconcile(run, execution, failsTo === null ? {} : { vmState: failsTo }),
    fault,
  });
}

/** A step that was to be taken back is done, and beyond recall: what is left is to go on to the end. */
function goForwardAfterAll(run: TaskRun, controls: Controls, execution: Execution): Promise<EndedTask> {
  run.noReturnSince = execution.noReturnSince;
  run.setStatus('RUNNING');
  controls.withdrawCancel();
  return goForward(run, controls, execution);
}

/** The whole of a recovery that takes back what a lost task did. */
async function backOut(
  run: TaskRun,
  controls: Controls,
  execution: Execution,
  { decision }: RecoverInput,
): Promise<EndedTask> {
  const rolledBack = await rollBack(run, execution, { oweAll: decision === 'owe' });
  if (rolledBack.end === 'tooLate') return goForwardAfterAll(run, controls, execution);
  if (rolledBack.end === 'stuck') return rollBackFailed(run, execution, rolledBack.fault);
  const vmState = run.work.operation.failsTo ?? run.work.instance.vmState;
  const changes = await reconcile(run, execution, { ...execution.reversedChanges(), vmState });
  return run.finish('COMPLETED', { changes });
}

function rollBackFailed(run: TaskRun, execution: Execution, fault: Fault): EndedTask {
  return run.finish('ROLLBACK_FAILED', {
    changes: { ...execution.changes(), vmState: 'error' },
    fault,
    looseEnds: true,
  });
}
