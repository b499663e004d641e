/** Admitting tasks of the host itself: one at a time. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ParentClosePolicy,
  setHandler,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { newHostTask, type HostTaskRequest } from '../../src/model/host-task.ts';
import type { Problem } from '../../src/model/problem.ts';
import { toSearchAttributes } from '../../src/model/search-attributes.ts';
import { hostTaskWorkflowId } from '../../src/model/task.ts';
import { control } from '../engine/dispatch-unit.ts';
import * as messages from '../messages.ts';
import { refuse } from '../refusal.ts';
import type { HostEntity } from './entity.ts';
import { drainHost, evacuateHost } from './host-task.ts';
import { publish } from './publish.ts';

const workflows = { drainHost, evacuateHost } as const;

export function listenForHostTasks(entity: HostEntity): void {
  const validator = ({ kind }: HostTaskRequest): void => {
    const problem = stateProblem(entity, kind);
    if (problem !== null) refuse(problem);
  };
  const admit = async (request: HostTaskRequest): Promise<string> => {
    if (entity.record.task?.id === request.id) return request.id;
    await expectIdle(entity);
    validator(request);
    const { maintenance } = entity.record;
    // Before the start: it may end, and say so, before that is known to have worked.
    entity.beginTask(request);
    if (!(await isNew(request))) {
      entity.endTask(request.id);
      entity.setMaintenance(maintenance);
    }
    publish(entity.record);
    return request.id;
  };
  // Of several that are asked for at once, each is looked at when it is known what became of the one before.
  let turn: Promise<unknown> = Promise.resolve();
  const submit = (request: HostTaskRequest): Promise<string> => {
    const admitted = turn.then(() => admit(request));
    turn = admitted.catch(() => undefined);
    return admitted;
  };
  // Temporal's own cancel is ignored, also by who waits here.
  setHandler(messages.submitHostTask, (request) => CancellationScope.nonCancellable(() => submit(request)), {
    validator,
    description: 'Asks for a task of the host: drainHost or evacuateHost. Answers with its id.',
  });
  setHandler(messages.hostTaskEnded, (id) => entity.endTask(id));
}

/** Why a host in this state cannot have such a task; null where it can. */
function stateProblem({ record }: HostEntity, kind: HostTaskRequest['kind']): Problem | null {
  const { name: host, fenced, up } = record;
  if (kind === 'evacuateHost') {
    const message = `${host} is not fenced: make sure that it is dead, and say so with itask hosts fence ${host}`;
    return fenced ? null : { type: 'HostNotFenced', message, host };
  }
  const message = `no worker of ${host} is alive: fence it, and have it evacuated`;
  return up && !fenced ? null : { type: 'HostDown', message, host };
}

/** One that was ended from outside has not told anybody. */
async function expectIdle({ record: { name: host, task } }: HostEntity): Promise<void> {
  if (!task || !(await control.isWorkflowRunning(hostTaskWorkflowId(host, task.id)))) return;
  const message = `${task.kind} (task ${task.id}) runs on ${host}: watch it, or cancel it first`;
  refuse({ type: 'HostBusy', message, host, taskId: task.id });
}

/** Starts the task; false where there is or was one of that id. */
async function isNew(request: HostTaskRequest): Promise<boolean> {
  try {
    await start(request);
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

function start(request: HostTaskRequest) {
  const { id, kind, host, actor, reason } = request;
  const words = `${kind} ${host}, by ${actor}${reason === null ? '' : `: ${reason}`}`;
  return startChild(workflows[kind], {
    workflowId: hostTaskWorkflowId(host, id),
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    args: [newHostTask(request)],
    // It goes on whatever becomes of the host's workflow.
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: words.length > 200 ? `${words.slice(0, 199)}…` : words,
    typedSearchAttributes: toSearchAttributes({ Host: host, Actor: actor, Reason: reason }),
  });
}
