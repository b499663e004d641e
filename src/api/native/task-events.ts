/** What becomes of a task, as Server-Sent Events: gap-free, and resumable as far back as its history is kept. */
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { InstanceTasks } from '../../client/client.ts';
import type { TaskChange } from '../../model/task-change.ts';
import type { Task } from '../../model/task.ts';
import { representChange, type Viewer } from '../../model/representation.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { viewerOf, type Reach } from '../reach.ts';
import { toTaskResource } from './represent-task.ts';
import { problemAnswers } from './problem-answers.ts';

/** So that proxies and clients know that the connection lives. */
const commentEveryMs = 15_000;
/** How soon a client is to come back when the connection is lost. */
const retryMs = 1_000;

/** The route of one task's events. */
export function addTaskEvents(api: Api, reach: Reach): void {
  api.get(
    '/server_tasks/:id/events',
    {
      schema: {
        summary: 'What becomes of a task until it has ended, as Server-Sent Events',
        description:
          'Each event carries an id; with the last one in Last-Event-ID the stream goes on behind it. The names of events: status, step, progress, ended.',
        tags: ['tasks'],
        params: z.object({ id: z.string() }),
        headers: z.object({ 'last-event-id': z.string().max(200).optional() }),
        response: { 200: z.string().describe('text/event-stream'), ...problemAnswers },
      },
      serializerCompiler: () => (data) => String(data),
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const task = await reach.task(caller, request.params.id);
      const cursor = request.headers['last-event-id'];
      return stream(request, reply, (signal) => eventsOf(reach.client, task, viewerOf(caller), { cursor, signal }));
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

/** Answers with the events as they come, until there are no more, the client leaves, or the process ends. */
function stream(
  request: FastifyRequest,
  reply: FastifyReply,
  events: (signal: AbortSignal) => AsyncGenerator<string>,
): FastifyReply {
  const left = new AbortController();
  request.raw.once('close', () => left.abort());
  const readable = Readable.from(withComments(events(left.signal), left.signal));
  readable.once('close', () => left.abort());
  return reply
    .type('text/event-stream')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(readable);
}

/** The events, and between them comments while nothing happens. */
async function* withComments(events: AsyncGenerator<string>, signal: AbortSignal): AsyncGenerator<string> {
  yield `retry: ${retryMs}\n\n`;
  let next = events.next();
  try {
    while (!signal.aborted) {
      const timer = new AbortController();
      const quiet = delay(commentEveryMs, 'quiet' as const, { signal: timer.signal, ref: false });
      const come = await Promise.race([next, quiet]).finally(() => {
        quiet.catch(() => undefined);
        timer.abort();
      });
      if (come === 'quiet') {
        yield ': still here\n\n';
        continue;
      }
      if (come.done === true) return;
      yield come.value;
      next = events.next();
    }
  } finally {
    void events.return(undefined);
    await next.catch(() => undefined);
  }
}
