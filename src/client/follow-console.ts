/** Following the console of a guest: what is there, then what comes. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { ConsoleNews, HostLooks } from '../model/host-looks.ts';
import { whereabouts, type ConsoleOptions } from './console.ts';
import { NotFoundError, RefusedError, UnreachableError } from './errors.ts';
import { asking, lookAt, type Whereabouts } from './host-look.ts';

export interface FollowConsoleOptions extends ConsoleOptions {
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** From one look to the next; a look at a silent guest takes some seconds besides. */
const intervalMs = 500;
/** More than a host waits for a silent guest. */
const answerDeadline = '25s';
/** A worker is started anew, a guest is on its way to another host: all of that passes, or does not. */
const patienceMs = 60_000;

/**
 * The text on a console, in pieces: first what is there, then what comes, on whichever host the guest is. Ends when the
 * instance is on no host any more, and when the signal is aborted. Throws as `consoleOutput` does.
 */
export async function* followConsole(
  client: Client,
  instanceId: string,
  { lines, signal = new AbortController().signal }: FollowConsoleOptions = {},
): AsyncGenerator<string, void> {
  const follower = new Follower(client, instanceId, await whereabouts(client, instanceId));
  let isFirst = true;
  while (!signal.aborted) {
    const text = await unlessAborted(follower.next(), signal);
    if (text === null) return;
    if (text !== '') yield isFirst && lines !== undefined ? lastLines(text, lines) : text;
    isFirst = false;
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

class Follower {
  readonly #client: Client;
  readonly #instanceId: string;
  #place: Whereabouts;
  /** How much was read, in bytes. */
  #known = 0;
  #hasSeen = false;
  #failingSinceMs: number | null = null;

  constructor(client: Client, instanceId: string, place: Whereabouts) {
    this.#client = client;
    this.#instanceId = instanceId;
    this.#place = place;
  }

  /** What has been written since it was last asked; null where there is no console any more. */
  async next(): Promise<string | null> {
    try {
      const news = await this.#look(this.#place);
      const text = this.#hasSeen ? `${leftOut(news, this.#known)}${news.text}` : news.text;
      [this.#known, this.#hasSeen, this.#failingSinceMs] = [news.next, true, null];
      // A silent guest may be elsewhere by now.
      return text !== '' || (await this.#isThere()) ? text : null;
    } catch (error) {
      if (!this.#hasSeen || !this.#mayPass(error)) throw error;
      return (await this.#isThere()) ? '' : null;
    }
  }

  #look(place: Whereabouts): Promise<ConsoleNews> {
    const [instanceId, from] = [this.#instanceId, this.#known];
    const looks = this.#client.activity.typed<HostLooks>();
    return asking(place, () =>
      looks.execute('followConsole', {
        ...lookAt('console', instanceId, place, answerDeadline),
        args: [{ instanceId, from }],
      }),
    );
  }

  #mayPass(error: unknown): boolean {
    this.#failingSinceMs ??= Date.now();
    const isPatient = Date.now() - this.#failingSinceMs < patienceMs;
    return isPatient && (error instanceof UnreachableError || error instanceof RefusedError);
  }

  /** Whether the instance is on a host; on another one its console begins anew. */
  async #isThere(): Promise<boolean> {
    try {
      const place = await whereabouts(this.#client, this.#instanceId);
      if (place.host !== this.#place.host) this.#known = 0;
      this.#place = place;
      return true;
    } catch (error) {
      if (error instanceof RefusedError || error instanceof NotFoundError) return false;
      if (this.#mayPass(error)) return true;
      throw error;
    }
  }
}

/** What was written faster than it could be read. */
const leftOut = ({ from }: ConsoleNews, known: number): string =>
  from > known ? `\n[${from - known} bytes are left out]\n` : '';

const lastLines = (text: string, lines: number): string =>
  text
    .split('\n')
    .slice(-lines - (text.endsWith('\n') ? 1 : 0))
    .join('\n');

/** Null as soon as the signal is aborted. */
function unlessAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result | null> {
  return new Promise((resolve, reject) => {
    const leave = () => resolve(null);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
