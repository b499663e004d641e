/** Sequences that are read once for all in this process who want the same. */
import { EventEmitter, once } from 'node:events';

/** How to read a sequence, until the signal is aborted. */
export type ReadSequence<Item> = (signal: AbortSignal) => AsyncGenerator<Item>;

/** Those that somebody reads now, by their keys. */
export class SharedSequences<Item> {
  readonly #open = new Map<string, SharedSequence<Item>>();

  /** All items of a sequence, from its first one on. Throws what reading it throws, and the signal's reason. */
  async *read(key: string, read: ReadSequence<Item>, signal: AbortSignal): AsyncGenerator<Item> {
    const shared = this.#open.get(key) ?? new SharedSequence(read);
    this.#open.set(key, shared);
    try {
      yield* shared.items(signal);
    } finally {
      if (shared.isUnread && this.#open.get(key) === shared) this.#open.delete(key);
    }
  }
}

/** Keeps what it has read, for those who come later; reads no further once nobody is left. */
class SharedSequence<Item> {
  readonly #read: ReadSequence<Item>;
  readonly #items: Item[] = [];
  readonly #news = new EventEmitter().setMaxListeners(0);
  readonly #unread = new AbortController();
  #readers = 0;
  #reading = Promise.resolve();
  #hasEnded = false;

  constructor(read: ReadSequence<Item>) {
    this.#read = read;
  }

  get isUnread(): boolean {
    return this.#unread.signal.aborted;
  }

  async *items(signal: AbortSignal): AsyncGenerator<Item> {
    this.#readers += 1;
    if (this.#readers === 1) this.#begin();
    try {
      for (let seen = 0; ;) {
        const news = this.#items.slice(seen);
        seen += news.length;
        yield* news;
        if (seen < this.#items.length) continue;
        if (this.#hasEnded) break;
        await this.#anything(signal);
      }
      await this.#reading;
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0) this.#unread.abort();
    }
  }

  async #anything(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await once(this.#news, 'news', { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  }

  #begin(): void {
    this.#reading = this.#readAll();
    const end = () => {
      this.#hasEnded = true;
      this.#news.emit('news');
    };
    this.#reading.then(end, end);
  }

  async #readAll(): Promise<void> {
    for await (const item of this.#read(this.#unread.signal)) {
      this.#items.push(item);
      this.#news.emit('news');
    }
  }
}
