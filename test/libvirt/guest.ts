/** A guest as it shows itself: by what it writes to its console, and does when it is typed to. */
import { open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { HostName } from '../drivers/libvirt/daemons.ts';
import type { Places } from '../drivers/libvirt/places.ts';
import { eventually } from '../support/eventually.ts';

/** A boot under emulation takes 5 to 40 s. */
const bootMs = 120_000;
/** QEMU looks at a terminal that has just been opened once a second: what is written before is lost. */
const terminalMs = 1_200;

/** What the guest said when it booted. */
export interface Boot {
  readonly image: string;
  /** Counted on the disk that it runs from. */
  readonly boot: number;
  readonly rescue: boolean;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskBytes: number;
  /** Another one at each boot. */
  readonly id: string;
}

/** A second that the guest has lived. */
export interface Tick {
  readonly boot: number;
  readonly n: number;
  readonly uptime: number;
}

export class Guest {
  readonly #places: Places;
  readonly #instanceId: string;
  readonly #host: () => Promise<HostName>;

  constructor(places: Places, instanceId: string, host: () => Promise<HostName>) {
    this.#places = places;
    this.#instanceId = instanceId;
    this.#host = host;
  }

  get domain(): string {
    return `instance-${this.#instanceId}`;
  }

  /** All that it has written on the host that it is on. */
  async lines(): Promise<string[]> {
    const file = `${this.#places.folder(await this.#host(), this.#instanceId)}/console.log`;
    return (await readFile(file, 'utf8').catch(() => '')).split(/\r?\n/);
  }

  /** All boots that it has told of, oldest first. */
  async boots(): Promise<Boot[]> {
    return (await this.lines()).filter((line) => line.startsWith('IT-BOOT ')).map(toBoot);
  }

  /** Its newest boot, once there are so many on this console and it is up. */
  async untilUp(boots: number): Promise<Boot> {
    return eventually(
      `boot ${boots} of ${this.domain}`,
      async () => {
        const lines = await this.lines();
        const begun = lines.filter((line) => line.startsWith('IT-BOOT '));
        const [last] = begun.slice(-1);
        if (begun.length < boots || last === undefined) return undefined;
        return lines.slice(lines.lastIndexOf(last)).some((line) => line.startsWith('IT-UP')) && toBoot(last);
      },
      bootMs,
    );
  }

  /** The boot that comes after that one, once it is up. */
  async bootAfter({ id }: Boot): Promise<Boot> {
    return eventually(
      `${this.domain} boots again`,
      async () => {
        const last = (await this.boots()).at(-1);
        if (last === undefined || last.id === id) throw new Error(`its console ends with ${await this.#lastWords()}`);
        return this.untilUp(1);
      },
      bootMs,
    );
  }

  async #lastWords(): Promise<string> {
    return JSON.stringify((await this.lines()).slice(-10));
  }

  /** The newest line that fits, once there is one among those after the first `after`. */
  async says(pattern: RegExp, after = 0): Promise<string> {
    return eventually(
      `${this.domain} says ${pattern}`,
      async () => (await this.lines()).slice(after).findLast((line) => pattern.test(line)),
      bootMs,
    );
  }

  async ticks(): Promise<Tick[]> {
    return (await this.lines()).flatMap((line) => toTick(line) ?? []);
  }

  /** The next second that it lives; it must be of the same boot as `since`, and come after it. */
  async livesOn(since: Tick): Promise<Tick> {
    return eventually(
      `${this.domain} goes on from ${JSON.stringify(since)}`,
      async () => {
        const last = (await this.ticks()).at(-1);
        if (last !== undefined && last.boot !== since.boot) throw new Error(`it has booted: ${JSON.stringify(last)}`);
        return last !== undefined && last.n > since.n && last.uptime > since.uptime && last;
      },
      bootMs,
    );
  }

  /** The second that it lives now. */
  async now(): Promise<Tick> {
    const seen = await this.ticks();
    return eventually(
      `${this.domain} lives`,
      async () => {
        const ticks = await this.ticks();
        return ticks.length > seen.length && ticks.at(-1);
      },
      bootMs,
    );
  }

  /** Types a command, and waits until it has answered. */
  async type(command: string): Promise<string> {
    const { stdout } = await this.#places.virsh(await this.#host(), 'ttyconsole', this.domain);
    const answered = new RegExp(`^IT-(OK|ERR) ${command.split(' ')[0] ?? ''}`);
    const before = (await this.lines()).length - 1;
    const terminal = await open(stdout.trim(), 'r+');
    try {
      await delay(terminalMs);
      await terminal.write(`${command}\n`);
      return await this.says(answered, before);
    } finally {
      await terminal.close();
    }
  }
}

function toBoot(line: string): Boot {
  const facts = new Map(line.split(' ').map((fact) => fact.split('=', 2) as [string, string | undefined]));
  const number = (name: string) => Number(facts.get(name));
  return {
    image: facts.get('image') ?? '',
    boot: number('boot'),
    rescue: facts.get('rescue') === '1',
    vcpus: number('vcpus'),
    memoryMb: number('mem_kb') / 1_024,
    diskBytes: number('disk_bytes'),
    id: facts.get('bootid') ?? '',
  };
}

function toTick(line: string): Tick | null {
  const [, boot, n, uptime] = /^IT-TICK boot=(\d+) n=(\d+) up=([\d.]+)$/.exec(line) ?? [];
  return boot === undefined ? null : { boot: Number(boot), n: Number(n), uptime: Number(uptime) };
}
