import { stat } from 'node:fs/promises';
import type { HostedGuest } from '../driver.ts';
import { namesIn, unless } from './files.ts';
import { openJournal } from './journal.ts';
import { instancesDirectory, journalDirectory } from './layout.ts';

/** A folder that was changed so lately may change again without its time of change telling: it is read once more. */
const settledAfterMs = 1_000;

interface Known {
  readonly changedAtMs: number;
  readonly guest: HostedGuest | null;
}

/** The guests of one host. Looked at every few seconds: a journal is read only when its folder has changed. */
export class GuestList {
  readonly #root: string;
  readonly #host: string;
  readonly #known = new Map<string, Known>();

  constructor(root: string, host: string) {
    this.#root = root;
    this.#host = host;
  }

  async read(): Promise<HostedGuest[]> {
    const ids = await namesIn(instancesDirectory(this.#root, this.#host));
    const guests = await Promise.all(ids.map((id) => this.#readOne(id)));
    return guests.filter((guest) => guest !== null);
  }

  async #readOne(instanceId: string): Promise<HostedGuest | null> {
    const directory = journalDirectory(this.#root, this.#host, instanceId);
    const changed = await unless('ENOENT', stat(directory), null);
    const changedAtMs = changed?.mtimeMs ?? 0;
    const known = this.#known.get(instanceId);
    if (known?.changedAtMs === changedAtMs) return known.guest;
    const newest = await openJournal(directory).newest();
    const powerState = newest?.entry.state.guest?.powerState;
    const guest = powerState === undefined ? null : { instanceId, powerState };
    if (changedAtMs < Date.now() - settledAfterMs) this.#known.set(instanceId, { changedAtMs, guest });
    return guest;
  }
}
