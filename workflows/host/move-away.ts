/** What a host's task does with one instance. */
import { CancellationScope, condition, proxyActivities, workflowInfo } from '@temporalio/workflow';
import {
  mayBegin,
  type HostTask,
  type HostTaskPart,
  type HostTaskProblem,
  type InstanceOnHost,
} from '../../src/model/host-task.ts';
import type { TaskRequest } from '../../src/model/task.ts';
import { hostTasks, isInTheWay, type Move } from '../../src/operations/host-tasks.ts';
import { afterAnswers } from '../after-answers.ts';
import type { ControlActivities } from '../control-activities.ts';
import { endOfTask } from '../instance/predecessors.ts';
import { systemRequest } from '../instance/system-request.ts';
import type { HostTaskRun } from './host-task-run.ts';

/** Of instances and of the host: asked for until they answer. */
export const ask = proxyActivities<ControlActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

/** Whether this run of the workflow has become long enough. */
export const isDue = (): boolean => workflowInfo().continueAsNewSuggested;

/** `held`: nothing was begun with, as the task was told to stop meanwhile. */
type Outcome = 'moved' | 'gone' | 'held' | HostTaskProblem;

/** Has one instance go, and books what came of it. */
export async function moveAway(run: HostTaskRun, instanceId: string): Promise<Outcome> {
  const outcome = await tryToMove(run, instanceId);
  if (outcome === 'held') run.putBack(instanceId);
  else if (typeof outcome === 'string') run.leave(instanceId, outcome);
  else run.stay(outcome);
  return outcome;
}

/** One operation after the other. */
async function tryToMove(run: HostTaskRun, instanceId: string): Promise<Outcome> {
  const { kind, host } = run.task;
  const instance = await whenFree(run, instanceId);
  if (instance === null) return 'gone';
  if (instance.host !== host && !(await hasRoom(instanceId, host))) return 'gone';
  if (isHeld(run)) return 'held';
  for (const move of hostTasks[kind].moves(instance)) {
    const problem = await runMove(run, instance, move);
    if (problem === null) continue;
    // Somebody else may have moved or deleted it: it has gone by another way then.
    return (await hasRoom(instanceId, host)) ? problem : 'gone';
  }
  return instance.host === host ? 'moved' : 'gone';
}

const hasRoom = async (instanceId: string, host: string): Promise<boolean> =>
  (await ask.instancesWithRoomOn(host)).includes(instanceId);

/** The instance when no task runs on it that it could not be moved beside; null when it is gone. */
async function whenFree(run: HostTaskRun, instanceId: string): Promise<InstanceOnHost | null> {
  const { moves } = hostTasks[run.task.kind];
  // Each is waited for once: an instance that was ended from outside shows the same one for ever.
  const awaited = new Set<string>();
  for (;;) {
    const instance = await ask.lookAtInstance(instanceId);
    const other = instance?.busyWith;
    if (!instance || !other || awaited.has(other.taskId)) return instance;
    if (!isInTheWay(other.operation, moves(instance)) || isHeld(run)) return instance;
    awaited.add(other.taskId);
    run.enter({ instanceId, name: instance.name, ...other });
    await endOfTaskUnlessHeld(run, other.taskId);
  }
}

async function endOfTaskUnlessHeld(run: HostTaskRun, taskId: string): Promise<void> {
  const watch = new CancellationScope({ cancellable: true });
  // An operator may have ended the watch by hand.
  const ended = watch.run(() => endOfTask(taskId)).catch(() => undefined);
  await Promise.race([ended, condition(() => isHeld(run))]);
  await afterAnswers();
  watch.cancel();
}

/** Whether nothing new may be begun with. */
const isHeld = ({ task }: HostTaskRun): boolean => isDue() || !mayBegin(task, 0);

async function runMove(run: HostTaskRun, instance: InstanceOnHost, move: Move): Promise<HostTaskProblem | null> {
  const request = toRequest(run.task, instance, move);
  const { id: instanceId, name } = instance;
  const part: HostTaskPart = { instanceId, name, operation: move.operation, taskId: request.id };
  run.enter(part);
  const refusal = await ask.submitToInstance(request);
  if (refusal !== null) return { ...part, kind: 'refused', message: refusal };
  const status = await endOfTask(request.id);
  if (status === 'COMPLETED') return null;
  const message = (await ask.faultOfTask(request.id)) ?? `its task is ${status ?? 'gone'}`;
  return { ...part, kind: 'failed', message };
}

function toRequest(task: HostTask, { id: instanceId }: InstanceOnHost, { operation, input }: Move): TaskRequest {
  const { id: hostTask, actor, reason, deadlineScale } = task;
  return {
    ...systemRequest(operation, { instanceId, input, reason, deadlineScale, requestId: `req-${hostTask}` }),
    actor,
    hostTask,
    overrideLock: true,
  };
}
