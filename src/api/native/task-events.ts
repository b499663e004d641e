/** What becomes of a task, as Server-Sent Events: gap-free, and resumable as far back as its history is kept. */
import { z } from 'zod';
import type { InstanceTasks } from '../../client/client.ts';
import type { TaskChange } from '../../model/task-change.ts';
import type { Task } from '../../model/task.ts';
import { eventStreams } from './event-streams.ts';
import { representChange, type Viewer } from '../../model/representation.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { viewerOf, type Reach } from '../reach.ts';
import { toTaskResource } from './represent-task.ts';
import { BadRequest } from '../http-error.ts';
import { problemAnswers } from './problem-answers.ts';

/** Of the event that says how a task has ended. */
const lastId = 'end';

/** As the ids of events are: events of a history, one within another for sub-tasks, and the end. */
const eventId = /^(\d{1,9}(\/\d{1,9})?|end)$/;

/** The route of one task's events. */
export function addTaskEvents(api: Api, reach: Reach): void {
  const stream = eventStreams(api);
  api.get(
    '/server_tasks/:id/events',
    {
      schema: {
        summary: 'What becomes of a task until it has ended, as Server-Sent Events',
        description:
          'Each event carries an id; with the last one in Last-Event-ID the stream goes on behind it, as far back as history is kept. Behind the end there is nothing: 204. The names of events: status, step, progress, ended.',
        tags: ['tasks'],
        params: z.object({ id: z.string() }),
        headers: z.object({ 'last-event-id': z.string().optional() }),
        response: { 200: z.string().describe('text/event-stream'), 204: z.null(), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const task = await reach.taskToWatch(caller, request.params.id);
      const cursor = request.headers['last-event-id'];
      if (cursor !== undefined && !eventId.test(cursor)) throw new BadRequest('Last-Event-ID: is the id of no event');
      if (cursor === lastId) return reply.code(204).send(null);
      const events = (signal: AbortSignal) => eventsOf(reach.client, task, viewerOf(caller), { cursor, signal });
      return stream(request, reply, events);
    },
  );
}

async function* eventsOf(
  client: InstanceTasks,
  task: Task,
  viewer: Viewer,
  { cursor, signal }: { readonly cursor: string | undefined; readonly signal: AbortSignal },
): AsyncGenerator<string> {
  for await (const change of client.watch(task, { signal, ...(cursor !== undefined && { cursor }) }))
    yield toEvent(change, viewer);
}

/** One event. A sample of progress lies between two changes: whoever has seen it goes on behind the change before it. */
function toEvent(change: TaskChange, viewer: Viewer): string {
  const { cursor, ...told } = representChange(change, viewer);
  const data = change.kind === 'ended' ? { ...told, task: toTaskResource(change.task, change.outlook, viewer) } : told;
  return `id: ${cursor}\nevent: ${change.kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
