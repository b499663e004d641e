/** Streams of Server-Sent Events. */
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from '../application.ts';

/** So that proxies and clients know that the connection lives. */
const commentEveryMs = 15_000;
/** How soon a client is to come back when the connection is lost: not all in the same moment. */
const retryMs = () => Math.round(1_000 + 2_000 * Math.random());

/** Answers with events as they come, until there are no more, the client leaves, or the process ends. */
export function eventStreams(api: Api) {
  // Whoever watches comes back to another process, or to this one when it is there again.
  const ending = new AbortController();
  api.addHook('preClose', async () => ending.abort());
  return (
    request: FastifyRequest,
    reply: FastifyReply,
    events: (signal: AbortSignal) => AsyncGenerator<string>,
  ): FastifyReply => stream(request, reply, events, ending.signal);
}

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
  yield `retry: ${retryMs()}\n\n`;
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
