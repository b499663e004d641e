import {
  allHandlersFinished,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  setHandler,
  setWorkflowOptions,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { toInstanceActionDetail, toInstanceActions } from '../../src/model/instance-action.ts';
import { instanceMemo } from '../../src/model/instance-memo.ts';
import type { InstanceRecord } from '../../src/model/instance.ts';
import { finalVmState } from '../../src/model/states.ts';
import { afterAnswers } from '../after-answers.ts';
import * as messages from '../messages.ts';
import { versioned } from '../versioning.ts';
import { Agenda } from './agenda.ts';
import { InstanceControls } from './controls.ts';
import { InstanceEntity } from './entity.ts';
import { listenForFencing } from './fencing.ts';
import { listenForPowerStates } from './power-state.ts';
import { publish } from './publish.ts';
import { TaskStarter } from './start-task.ts';
import { listenForTasks } from './submit.ts';

/** A run is handed over after so many events: replaying it stays a matter of milliseconds. */
const eventsPerRun = 1_000;

/**
 * One instance, from its create to its delete: the single writer of its record. Admits tasks, runs one at a time as a
 * child workflow, and keeps what became of them. Temporal's own cancel is ignored: only a delete ends an instance.
 */
export async function instance(state: messages.InstanceState): Promise<InstanceRecord> {
  const entity = new InstanceEntity(state);
  const starter = new TaskStarter(entity);
  answerQueries(entity);
  listenForTasks(entity, starter);
  listenForPowerStates(entity, starter);
  listenForFencing(entity, starter);
  new InstanceControls(entity, starter).listen();
  return CancellationScope.nonCancellable(async () => {
    if (state.instance.generation === 0 && !(await condition(() => entity.tasks().length > 0, '10 seconds'))) {
      // The update that came with the start was refused: there is no such instance.
      return entity.instance;
    }
    if (state.running !== null) await starter.adopt(state.running);
    await serve(entity, starter, new Agenda(entity, starter));
    await condition(allHandlersFinished);
    return entity.instance;
  });
}
setWorkflowOptions(versioned('AUTO_UPGRADE'), instance);

async function serve(entity: InstanceEntity, starter: TaskStarter, agenda: Agenda): Promise<void> {
  while (entity.instance.vmState !== finalVmState) {
    await agenda.until(() => entity.next() !== null || isLong());
    await afterAnswers();
    if (isLong()) await continueAsNew(entity, starter);
    if (agenda.hasNews) {
      agenda.settle();
      continue;
    }
    const task = entity.next();
    if (task !== null) await starter.run(task);
  }
  starter.abandonQueue('the instance was deleted');
  publish(entity);
}

const isLong = (): boolean => workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > eventsPerRun;

async function continueAsNew(entity: InstanceEntity, starter: TaskStarter): Promise<void> {
  starter.handOver();
  // An update that completes in the very workflow task of the hand-over may be lost to its caller: let that one pass.
  await sleep(1);
  await condition(allHandlersFinished);
  // The memo would be handed over as it was at the start of this run.
  const options = { memo: instanceMemo(entity.instance, entity.fault) };
  await makeContinueAsNewFunc<typeof instance>(options)(entity.state());
}

function answerQueries(entity: InstanceEntity): void {
  setHandler(messages.instanceQuery, () => entity.view(), { description: 'The record, and the task that changes it.' });
  setHandler(messages.tasksQuery, () => entity.tasks(), { description: 'The tasks, oldest first.' });
  setHandler(messages.taskQuery, (taskId) => (taskId === undefined ? entity.running : entity.find(taskId)) ?? null, {
    description: 'One task by its id; the running one without.',
  });
  setHandler(messages.instanceActionsQuery, () => toInstanceActions(entity.tasks()), {
    description: "Nova's instance actions, newest first.",
  });
  setHandler(messages.instanceActionQuery, (requestId) => toInstanceActionDetail(entity.tasks(), requestId), {
    description: 'One action with its events, by request id.',
  });
  setHandler(messages.faultsQuery, () => entity.faults(), {
    description: 'The faults of failed tasks, newest first.',
  });
  setHandler(messages.instanceStateQuery, () => entity.state(), {
    description: 'Everything: what a lost instance is rebuilt from.',
  });
}
