import { setHandler, workflowInfo } from '@temporalio/workflow';
import type { Task } from '../../src/model/task.ts';
import { timingFlaw } from '../../src/model/waiting.ts';
import { isDeletion } from '../../src/operations/index.ts';
import { submitTask, type SubmitRequest } from '../messages.ts';
import { refuse } from '../refusal.ts';
import type { InstanceEntity } from './entity.ts';
import type { TaskStarter } from './start-task.ts';

/** Beyond so many events a run takes only what ends it: it could not hand over because a task runs on and on. */
const eventsThatFillARun = 40_000;

/**
 * Admits tasks. The validator refuses without leaving history. The handler answers with a task that waits at once, and
 * with one that runs when its workflow is there, so that the caller can turn to that: it costs no event more.
 */
export function listenForTasks(entity: InstanceEntity, starter: TaskStarter): void {
  const validator = (request: SubmitRequest): void => {
    if (request.task.instanceId !== entity.instance.id) {
      refuse({ type: 'InvalidRequest', message: `this is instance ${entity.instance.id}` });
    }
    const flaw = timingFlaw(request.task);
    if (flaw !== null) refuse({ type: 'InvalidRequest', message: flaw });
    const judgement = entity.judge(request);
    if (judgement.verdict === 'refuse') refuse(judgement.problem);
    const vital = isDeletion(request.task.operation) || request.task.operation === 'recover';
    if (!vital && workflowInfo().historyLength > eventsThatFillARun) {
      refuse({ type: 'InstanceFull', message: 'the history of the instance is full until its task ends' });
    }
  };
  const handler = async (request: SubmitRequest): Promise<Task | null> => {
    // Judged again: between two updates of one workflow task the first has already been heeded.
    const judgement = entity.judge(request);
    switch (judgement.verdict) {
      case 'refuse':
        return refuse(judgement.problem);
      case 'known':
        return judgement.task;
      case 'deliver':
        return judgement.to;
      case 'supersede':
        return starter.supersede(request.task);
      case 'queue':
        return starter.queue(request.task);
      case 'record':
        return starter.record(request.task);
      case 'start':
        return starter.start(request.task);
    }
  };
  setHandler(submitTask, handler, {
    validator,
    description:
      'Asks for a task. Answers with the task once its workflow, task/<id>, is there, or it waits in the queue.',
  });
}
