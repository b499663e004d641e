/** What a task can be told: pause, resume, cancel, force-complete; and what can be done about one that has failed. */
import { z } from 'zod';
import { recoveryDecisions, taskVerbs, type Task, type TaskVerb } from '../../model/task.ts';
import { representCancelPreview } from '../../model/cancel-preview-representation.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { expectMayRequest } from '../policy.ts';
import { isOperationName } from '../../operations/index.ts';
import { submitterOf, type Reach } from '../reach.ts';
import { cancelPreviewSchema } from './foresight.schema.ts';
import { paths } from './links.ts';
import { problemAnswers } from './problem-answers.ts';
import { taskResource } from './tasks.ts';
import { taskSchema } from './task.schema.ts';
import type { Caller } from '../../authentication/caller.ts';

const byId = z.object({ id: z.string().describe('UUID') });
const reasonBody = z
  .strictObject({ reason: z.string().max(1_000).optional().describe('why; kept with the task') })
  .nullish();

const words: Readonly<Record<TaskVerb, { readonly path: string; readonly summary: string }>> = {
  pause: { path: 'pause', summary: 'Holds a task before its next step' },
  resume: { path: 'resume', summary: 'Has a paused task go on' },
  cancel: { path: 'cancel', summary: 'Stops a task and has what it did taken back' },
  forceComplete: { path: 'force_complete', summary: 'Has a live migration stop its guest for the rest of the copy' },
};

/** The routes of verbs. */
export function addVerbs(api: Api, reach: Reach): void {
  for (const verb of taskVerbs) addVerb(api, reach, verb);
  api.get(
    '/server_tasks/:id/cancel_preview',
    {
      schema: {
        summary: 'What a cancel would do now: what is done, what would be taken back, what could not be',
        tags: ['tasks'],
        params: byId,
        response: { 200: cancelPreviewSchema, ...problemAnswers },
      },
    },
    async (request) => {
      const task = await reach.task(callerOf(request), request.params.id);
      return representCancelPreview(await reach.client.cancelPreview(task.id));
    },
  );
  addRetry(api, reach);
  addRecovery(api, reach);
}

function addVerb(api: Api, reach: Reach, verb: TaskVerb): void {
  const { path, summary } = words[verb];
  api.post(
    `/server_tasks/:id/${path}`,
    {
      schema: {
        summary,
        tags: ['tasks'],
        params: byId,
        body: reasonBody,
        response: { 200: taskSchema, ...problemAnswers },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const task = await reach.task(caller, request.params.id);
      await expectMayTell(reach, caller, task);
      const { reason } = request.body ?? {};
      const who = { actor: caller.userName, ...(reason !== undefined && { reason }) };
      return taskResource(reach, caller, await reach.client[verb](task.id, who));
    },
  );
}

/** Whoever may ask for such a task may tell one what to do. */
async function expectMayTell(reach: Reach, caller: Caller, { operation, input, instanceId }: Task): Promise<void> {
  if (isOperationName(operation)) await reach.expectMayRequest(caller, operation, input, instanceId);
}

function addRetry(api: Api, reach: Reach): void {
  api.post(
    '/server_tasks/:id/retry',
    {
      schema: {
        summary: 'Asks for what a failed task asked for once more; what it left half done is recovered instead',
        tags: ['tasks'],
        params: byId,
        body: reasonBody,
        response: { 202: taskSchema, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const task = await reach.task(caller, request.params.id);
      await expectMayTell(reach, caller, task);
      const { reason } = request.body ?? {};
      const options = { ...submitterOf(caller, request.id), ...(reason !== undefined && { reason }) };
      const retried = await reach.client.retry(task.id, options);
      return reply
        .code(202)
        .header('location', paths.task(retried.id))
        .send(await taskResource(reach, caller, retried));
    },
  );
}

/** What a person says of an undo that has failed for good, in words for paths. */
const decisionPaths = { retry: null, skip: 'skip', markDone: 'mark_done', owe: 'owe' } as const satisfies Record<
  (typeof recoveryDecisions)[number],
  string | null
>;

function addRecovery(api: Api, reach: Reach): void {
  for (const decision of recoveryDecisions) {
    const path = decisionPaths[decision];
    if (path === null) continue;
    api.post(
      `/server_tasks/:id/${path}`,
      {
        schema: {
          summary: `Ties up what a task has left neither finished nor taken back: ${decision}. Admins only`,
          tags: ['tasks'],
          params: byId,
          body: reasonBody,
          response: { 202: taskSchema, ...problemAnswers },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request);
        const task = await reach.task(caller, request.params.id);
        expectMayRequest(caller, 'recover', {});
        const { reason } = request.body ?? {};
        const recovery = await reach.client.recover(
          task.instanceId,
          { decision },
          { ...submitterOf(caller, request.id), recovers: task.id, ...(reason !== undefined && { reason }) },
        );
        return reply
          .code(202)
          .header('location', paths.task(recovery.id))
          .send(await taskResource(reach, caller, recovery));
      },
    );
  }
}
