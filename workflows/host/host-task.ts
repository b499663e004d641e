import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  makeContinueAsNewFunc,
  proxyActivities,
  setHandler,
  setWorkflowOptions,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import {
  hostTaskVerbs,
  mayBegin,
  type HostTask,
  type HostTaskPart,
  type HostTaskProblem,
  type InstanceOnHost,
} from '../../src/model/host-task.ts';
import { toSearchAttributeUpdates } from '../../src/model/search-attributes.ts';
import { hostWorkflowId, type TaskRequest } from '../../src/model/task.ts';
import { hostTasks, type Move } from '../../src/operations/host-tasks.ts';
import type { ControlActivities } from '../control-activities.ts';
import { endOfTask } from '../instance/predecessors.ts';
import { systemRequest } from '../instance/system-request.ts';
import * as messages from '../messages.ts';
import { refuse } from '../refusal.ts';
import { versioned } from '../versioning.ts';
import { HostTaskRun } from './host-task-run.ts';

/** Of instances and of the host: asked for until they answer. */
const ask = proxyActivities<ControlActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

/** Moves the instances of a host elsewhere, so that it can be serviced. */
export const drainHost = (task: HostTask): Promise<HostTask> => carryOut(task);
/** Takes the instances away from a host that is dead. */
export const evacuateHost = (task: HostTask): Promise<HostTask> => carryOut(task);
setWorkflowOptions(versioned('PINNED'), drainHost);
setWorkflowOptions(versioned('PINNED'), evacuateHost);

/** Tries each instance of the host once. What has come meanwhile is looked for when all others have been tried. */
async function carryOut(task: HostTask): Promise<HostTask> {
  const run = new HostTaskRun(task);
  listen(run);
  void CancellationScope.current().cancelRequested.catch(() => {
    run.heed('cancel', { actor: 'temporal', reason: 'cancelled through Temporal' });
  });
  return CancellationScope.nonCancellable(async () => {
    while (mayGoOn(run.task)) {
      const untried = await untriedOn(run.task);
      if (untried.length === 0) break;
      run.expect(untried.length);
      await moveAll(run, untried);
      if (isDue() && mayGoOn(run.task)) await makeContinueAsNewFunc<typeof drainHost>()(run.task);
    }
    const ended = run.end();
    if (ended.status !== 'COMPLETED') {
      upsertSearchAttributes(toSearchAttributeUpdates({ TaskStatus: ended.status }));
    }
    await getExternalWorkflowHandle(hostWorkflowId(ended.host)).signal(messages.hostTaskEnded, ended.id);
    return ended;
  });
}

const isDue = (): boolean => workflowInfo().continueAsNewSuggested;
const mayGoOn = ({ cancelRequested, stoppedBy }: HostTask): boolean => !cancelRequested && stoppedBy === null;

async function untriedOn({ host, tried }: HostTask): Promise<string[]> {
  const known = new Set(tried);
  return (await ask.instancesWithRoomOn(host)).filter((id) => !known.has(id));
}

/** Begins with as many at once as the limits allow; ends when all are done, or once it must stop and nothing runs. */
async function moveAll(run: HostTaskRun, untried: readonly string[]): Promise<void> {
  const waiting = [...untried];
  let busy = 0;
  const isOver = () => waiting.length === 0 || !mayGoOn(run.task) || isDue();
  const canBegin = () => !isOver() && mayBegin(run.task, busy);
  while (busy > 0 || !isOver()) {
    while (canBegin()) {
      const id = waiting.shift() ?? '';
      run.begin(id);
      busy += 1;
      void moveAway(run, id).finally(() => (busy -= 1));
    }
    if (busy === 0 && run.task.pauseRequested) run.settleIntoPause();
    const before = busy;
    await condition(() => busy < before || canBegin() || (busy === 0 && isOver()));
  }
}

async function moveAway(run: HostTaskRun, instanceId: string): Promise<void> {
  const outcome = await tryToMove(run, instanceId);
  if (typeof outcome === 'string') run.leave(instanceId, outcome);
  else run.stay(outcome);
}

/** Has one instance go, by one operation after the other. */
async function tryToMove(run: HostTaskRun, instanceId: string): Promise<'moved' | 'gone' | HostTaskProblem> {
  const { kind, host } = run.task;
  const instance = await ask.lookAtInstance(instanceId);
  if (instance === null) return 'gone';
  for (const move of hostTasks[kind].moves(instance)) {
    const request = toRequest(run.task, instance, move);
    const part: HostTaskPart = { instanceId, name: instance.name, operation: move.operation, taskId: request.id };
    run.enter(part);
    const refusal = await ask.submitToInstance(request);
    if (refusal !== null) return { ...part, kind: 'refused', message: refusal };
    const status = await endOfTask(request.id);
    if (status !== 'COMPLETED') {
      const message = (await ask.faultOfTask(request.id)) ?? `its task is ${status ?? 'gone'}`;
      return { ...part, kind: 'failed', message };
    }
  }
  return instance.host === host ? 'moved' : 'gone';
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

function listen(run: HostTaskRun): void {
  setHandler(messages.hostTaskQuery, () => run.task, { description: 'How far it has come.' });
  for (const verb of hostTaskVerbs) {
    setHandler(messages.hostTaskSignals[verb], (request) => run.heed(verb, request));
    setHandler(
      messages.hostTaskUpdates[verb],
      (request) => {
        run.heed(verb, request);
        return run.task;
      },
      {
        validator: (_request?: messages.ControlRequest) => {
          const message = run.refusal(verb);
          if (message !== null) refuse({ type: 'HostTaskVerbRefused', message, host: run.task.host });
        },
      },
    );
  }
}
