import {
  allHandlersFinished,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  makeContinueAsNewFunc,
  setHandler,
  setWorkflowOptions,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { hostTaskVerbs, mayBegin, type HostTask } from '../../src/model/host-task.ts';
import { toSearchAttributeUpdates } from '../../src/model/search-attributes.ts';
import { hostWorkflowId } from '../../src/model/task.ts';
import { afterAnswers } from '../after-answers.ts';
import * as messages from '../messages.ts';
import { refuse } from '../refusal.ts';
import { versioned } from '../versioning.ts';
import { HostTaskRun } from './host-task-run.ts';
import { ask, isDue, moveAway } from './move-away.ts';

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
      if (isDue() && mayGoOn(run.task)) await handOver(run.task);
    }
    const ended = run.end();
    if (ended.status !== 'COMPLETED') {
      upsertSearchAttributes(toSearchAttributeUpdates({ TaskStatus: ended.status }));
    }
    await getExternalWorkflowHandle(hostWorkflowId(ended.host)).signal(messages.hostTaskEnded, ended.id);
    return ended;
  });
}

const mayGoOn = ({ cancelRequested, stoppedBy }: HostTask): boolean => !cancelRequested && stoppedBy === null;

async function handOver(task: HostTask): Promise<never> {
  // An update that completes in the very workflow task of the hand-over may be lost to its caller: let that one pass.
  await sleep(1);
  await condition(allHandlersFinished);
  return makeContinueAsNewFunc<typeof drainHost>()(task);
}

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
      void moveAway(run, id)
        .then((outcome) => {
          if (outcome === 'held') waiting.unshift(id);
        })
        .finally(() => (busy -= 1));
    }
    run.changeTo(busy === 0 && run.task.pauseRequested ? 'PAUSED' : 'RUNNING');
    const before = busy;
    await condition(() => busy < before || canBegin() || (busy === 0 && isOver()));
    await afterAnswers();
  }
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
