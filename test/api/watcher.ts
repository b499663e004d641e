/** Whoever watches a task as a browser does: it comes back by itself, with the id of the last event that it saw. */
import { EventSource } from 'eventsource';
import { z } from 'zod';

export interface SeenEvent {
  readonly id: string;
  /** When it happened, in milliseconds, as the event says. */
  readonly at: number;
  /** When it was seen. */
  readonly seenAt: number;
  /** Whether it happened while the stream was open; what happened before that comes late. */
  readonly isLive: boolean;
}

const told = z.looseObject({ at: z.iso.datetime() });

export class Watcher {
  /** Of the kinds that none may miss; samples of progress are not among them. */
  readonly seen: SeenEvent[] = [];
  /** How often it was let in. */
  openings = 0;
  hasEnded = false;
  /** Once the task has ended; rejected where the stream is refused. */
  readonly ended: Promise<void>;

  constructor(url: string, token: string) {
    const source = new EventSource(url, {
      fetch: (target, init) => fetch(target, { ...init, headers: { ...init.headers, 'x-auth-token': token } }),
    });
    let openAt = Infinity;
    source.addEventListener('open', () => {
      this.openings += 1;
      openAt = Date.now();
    });
    this.ended = new Promise((resolve, reject) => {
      for (const kind of ['status', 'step', 'ended']) {
        source.addEventListener(kind, ({ lastEventId: id, data }: MessageEvent) => {
          const { at } = told.parse(JSON.parse(String(data)));
          this.seen.push({ id, at: Date.parse(at), seenAt: Date.now(), isLive: Date.parse(at) >= openAt });
          if (kind !== 'ended') return;
          source.close();
          this.hasEnded = true;
          resolve();
        });
      }
      // A lost connection is not the end: only an answer that is no stream is.
      source.addEventListener('error', ({ code, message }) => {
        if (code !== undefined) reject(new Error(`the stream is refused: ${code} ${message ?? ''}`));
      });
    });
  }
}
