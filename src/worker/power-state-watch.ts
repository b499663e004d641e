/** Looks after the guests of a host, and tells an instance when its guest does something else than its record says. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Driver } from '../../activities/drivers/driver.ts';
import { disagrees, isPowerState, isVmState, type PowerState } from '../model/states.ts';
import { instanceWorkflowId } from '../model/task.ts';
import { listBusyInstances, listInstances, listInstancesById } from '../client/lists.ts';
import type { InstanceRow } from '../client/rows.ts';
import { reportPowerState } from '../../workflows/messages.ts';

const defaultIntervalMs = 3_000;
/** Every so many looks, and at the first, all records of the host are compared; otherwise those whose guests changed. */
const looksPerRound = 200;
/** A report may come when a task has just begun, and then goes for nothing: of the same record it is made again. */
const reportAgainAfterMs = 60_000;
const idsPerList = 100;

/** After news from the hypervisor: what is told twice within so long is looked at once, and looked at again after it. */
const newsIntervalMs = 300;

interface WatchedHost {
  readonly name: string;
  readonly driver: Pick<Driver, 'listGuests' | 'watchGuests'>;
  /** Whether guests that stop by themselves are started again. */
  readonly startsGuestsAgain?: boolean;
  /** From one look at the guests to the next; 3 s where absent. */
  readonly powerStateIntervalMs?: number;
}

/**
 * Looks until the signal is aborted, from time to time and at once when the hypervisor has news. A look that fails, for the
 * hypervisor or Temporal is away, is made up for by the next.
 */
export async function watchPowerStates(client: Client, host: WatchedHost, signal: AbortSignal): Promise<void> {
  const { driver, powerStateIntervalMs = defaultIntervalMs } = host;
  const watch = new PowerStateWatch(client, host);
  const news = new News();
  const told = driver.watchGuests?.(() => news.tell(), signal).catch(() => undefined);
  while (!signal.aborted) {
    await watch.look().catch(() => undefined);
    await pause(newsIntervalMs, signal);
    // What has just changed is looked at a second time before it is believed.
    if (!watch.hasSuspicion || told === undefined) await news.within(powerStateIntervalMs - newsIntervalMs, signal);
  }
  await told;
}

/** However much is told until somebody listens, it is one piece of news. */
class News {
  #isThere = false;
  #listener = (): void => undefined;

  tell(): void {
    this.#isThere = true;
    this.#listener();
  }

  /** Resolves when there are news, and without any when the time is up or the signal is aborted. */
  async within(milliseconds: number, signal: AbortSignal): Promise<void> {
    const came = new AbortController();
    this.#listener = () => came.abort();
    if (!this.#isThere && milliseconds > 0) await pause(milliseconds, AbortSignal.any([signal, came.signal]));
    this.#isThere = false;
  }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  delay(milliseconds, undefined, { signal }).catch(() => undefined);

/** What was told of which record: a guest may do the same again that its instance has recovered from. */
interface Report {
  readonly powerState: PowerState;
  readonly recordOf: string;
  readonly atMs: number;
}

class PowerStateWatch {
  readonly #client: Client;
  readonly #host: WatchedHost;
  #looks = 0;
  /** What the guests did when the records were found to agree. */
  readonly #settled = new Map<string, PowerState>();
  /** What guests did at the last look that may not be in their records. */
  #suspected = new Map<string, PowerState>();
  readonly #reported = new Map<string, Report>();

  constructor(client: Client, host: WatchedHost) {
    this.#client = client;
    this.#host = host;
  }

  /** Whether the last look has found something that the next has to bear out. */
  get hasSuspicion(): boolean {
    return this.#suspected.size > 0;
  }

  /** A guest that does the same at two looks, and whose record says something else, is reported. */
  async look(): Promise<void> {
    const guests = new Map((await this.#host.driver.listGuests()).map((guest) => [guest.instanceId, guest.powerState]));
    const stateOf = (id: string): PowerState => guests.get(id) ?? 'NOSTATE';
    if (this.#looks % looksPerRound === 0) await this.#compareAll(stateOf, guests);
    this.#looks += 1;
    const changed = [...new Set([...this.#settled.keys(), ...this.#suspected.keys(), ...guests.keys()])].filter(
      (id) => this.#settled.get(id) !== stateOf(id),
    );
    const lasting = changed.filter((id) => this.#suspected.get(id) === stateOf(id));
    this.#suspected = new Map(changed.map((id) => [id, stateOf(id)]));
    for (let index = 0; index < lasting.length; index += idsPerList)
      await this.#compare(lasting.slice(index, index + idsPerList), stateOf);
  }

  /** Forgets what was, and takes all records of the host that agree for settled. */
  async #compareAll(stateOf: (id: string) => PowerState, guests: ReadonlyMap<string, PowerState>): Promise<void> {
    const rows: InstanceRow[] = [];
    let next: string | null = null;
    do {
      const filter = { host: this.#host.name, limit: 500, ...(next !== null && { page: next }) };
      const found: Awaited<ReturnType<typeof listInstances>> = await listInstances(this.#client, filter);
      rows.push(...found.rows);
      next = found.next;
    } while (next !== null);
    this.#settled.clear();
    this.#reported.clear();
    // A guest that belongs to no record of this host is none of its concern.
    for (const [id, powerState] of guests) this.#settled.set(id, powerState);
    for (const row of rows) {
      if (!contradicts(row, stateOf(row.id))) this.#settled.set(row.id, stateOf(row.id));
      else {
        this.#settled.delete(row.id);
        this.#suspected.set(row.id, stateOf(row.id));
      }
    }
  }

  async #compare(ids: readonly string[], stateOf: (id: string) => PowerState): Promise<void> {
    const rows = await listInstancesById(this.#client, ids);
    const contradicted = rows.filter((row) => row.host === this.#host.name && contradicts(row, stateOf(row.id)));
    const open = contradicted.map(({ id }) => id);
    for (const id of ids) if (!open.includes(id)) this.#settle(id, stateOf(id));
    if (open.length === 0) return;
    const busy = await listBusyInstances(this.#client, open);
    for (const row of contradicted) if (!busy.has(row.id)) await this.#report(row, stateOf(row.id));
  }

  #settle(id: string, powerState: PowerState): void {
    this.#settled.set(id, powerState);
    this.#suspected.delete(id);
    this.#reported.delete(id);
  }

  async #report(
    { id, updatedAt: recordOf }: Pick<InstanceRow, 'id' | 'updatedAt'>,
    powerState: PowerState,
  ): Promise<void> {
    const last = this.#reported.get(id);
    const isSame = last?.powerState === powerState && last.recordOf === recordOf;
    if (isSame && Date.now() - last.atMs < reportAgainAfterMs) return;
    const handle = this.#client.workflow.getHandle(instanceWorkflowId(id));
    const { name: host, startsGuestsAgain: startAgain = false } = this.#host;
    await handle.signal(reportPowerState, { host, powerState, ...(startAgain && { startAgain }) });
    this.#reported.set(id, { powerState, recordOf, atMs: Date.now() });
  }
}

/** What a list shows of a record may be from another version of this program. */
const contradicts = ({ vmState, powerState }: Pick<InstanceRow, 'vmState' | 'powerState'>, seen: PowerState): boolean =>
  isVmState(vmState) && isPowerState(powerState) && disagrees({ vmState, powerState }, seen);
