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
import { BadRequest } from '../http-error.ts';
import { problemAnswers } from './problem-answers.ts';

/** So that proxies and clients know that the connection lives. */
const commentEveryMs = 15_000;
/** Of the event that says how a task has ended. */
const lastId = 'end';
/** How soon a client is to come back when the connection is lost. */
const retryMs = 1_000;

/** As the ids of events are: events of a history, one within another for sub-tasks, and the end. */
const eventId = /^(\d{1,9}(\/\d{1,9})?|end)$/;

/** The route of one task's events. */
export function addTaskEvents(api: Api, reach: Reach): void {
  // Whoever watches comes back to another process, or to this one when it is there again.
  const ending = new AbortController();
  api.addHook('preClose', async () => ending.abort());
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
      const task = await reach.task(caller, request.params.id);
      const cursor = request.headers['last-event-id'];
      if (cursor !== undefined && !eventId.test(cursor)) throw new BadRequest('Last-Event-ID: is the id of no event');
      if (cursor === lastId) return reply.code(204).send(null);
      const events = (signal: AbortSignal) => eventsOf(reach.client, task, viewerOf(caller), { cursor, signal });
      return stream(request, reply, events, ending.signal);
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
  ending: AbortSignal,
): FastifyReply {
  const left = new AbortController();
  request.raw.once('close', () => left.abort());
  const signal = AbortSignal.any([left.signal, ending]);
  const readable = Readable.from(withComments(events(signal), signal));
  readable.once('close', () => left.abort());
  return (
    reply
      .type('text/event-stream')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      // It is over when the stream is, so that a process that ends need not wait for it.
      .header('connection', 'close')
      .send(readable)
  );
}

/** The events, and between them comments while nothing happens. Once the signal is aborted it is over, without an error. */
async function* withComments(events: AsyncGenerator<string>, signal: AbortSignal): AsyncGenerator<string> {
  yield `retry: ${retryMs}\n\n`;
  let next = events.next();
  try {
    for (;;) {
      const come = await orQuiet(next, signal);
      if (come === 'quiet') {
        if (signal.aborted) return;
        yield ': still here\n\n';
        continue;
      }
      if (come.done === true) return;
      yield come.value;
      next = events.next();
    }
  } finally {
    next.catch(() => undefined);
    void events.return(undefined).catch(() => undefined);
  }
}

/** The same, unless nothing happens for a while or the signal is aborted. */
async function orQuiet<Come>(coming: Promise<Come>, signal: AbortSignal): Promise<Come | 'quiet'> {
  const come = new AbortController();
  const quiet = delay(commentEveryMs, undefined, { signal: AbortSignal.any([signal, come.signal]), ref: false })
    .catch(() => undefined)
    .then(() => 'quiet' as const);
  return Promise.race([coming, quiet]).finally(() => come.abort());
}
