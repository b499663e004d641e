/**
 * How a unit acts on a guest, and is kept from doing so once something newer has been there: each effect is a program that
 * a script runs, and that runs only while the fence of the unit is the newest that the guest has seen.
 */
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareFences, effectKey, type Fence } from '../../../src/model/unit.ts';
import { UnitFault } from '../../unit-fault.ts';
import type { UnitContext } from '../driver.ts';
import { attended } from './attending.ts';
import { ended, type Command, type CommandOptions, type Ended } from './commands.ts';
import { faultIn } from './faults.ts';
import { jobOf } from './jobs.ts';
import { draftFile, draftPrefix } from './layout.ts';
import type { LibvirtHost } from './libvirt-host.ts';
import { exits, fenced, scripted } from './scripts.ts';

/** Longer than libvirt has callers wait for the job of a guest. */
const patienceSeconds = 45;

const mostClaims = 3;

const textOf = ({ generation, sequence, attempt }: Fence): string => `${generation}.${sequence}.${attempt}`;

/** The fence of such a text; that of nobody where there is none. */
export function fenceOf(text: string): Fence {
  const [generation = 0, sequence = 0, attempt = 0] = text.trim().split('.').map(Number);
  return { generation, sequence, attempt };
}

const lockOf = (folder: string): string => join(folder, 'lock');

/** The newest fence that a guest has seen. */
export const newestFence = async (folder: string): Promise<Fence> =>
  fenceOf(await readFile(`${lockOf(folder)}.fence`, 'utf8').catch(() => ''));

/** One delivery of a unit, at the guest of its instance on one host. */
export class Delivery {
  readonly context: UnitContext;
  readonly key: string;
  readonly #host: LibvirtHost;
  readonly #folder: string;
  readonly #lock: string;

  private constructor(host: LibvirtHost, context: UnitContext) {
    this.context = context;
    this.key = effectKey(context.purpose);
    this.#host = host;
    this.#folder = host.folder(context.purpose.instanceId);
    this.#lock = lockOf(this.#folder);
  }

  /** Claims the guest for it, and clears away what was left half-made. Raises STALE_ATTEMPT where something newer has been there. */
  static async claim(host: LibvirtHost, context: UnitContext): Promise<Delivery> {
    context.signal.throwIfAborted();
    const delivery = new Delivery(host, context);
    const { images, volumes } = host.options;
    const { instanceId } = context.purpose;
    const drafts = [delivery.#folder, images, volumes].map((folder) => draftPrefix(folder, instanceId));
    for (let tries = 1; ; tries += 1) {
      await mkdir(delivery.#folder, { recursive: true });
      const { exitCode, stderr } = await delivery.#fenced('claim', drafts);
      if (exitCode === 0) return delivery;
      // The folder may have been tidied away in between.
      if (exitCode !== exits.noFolder || tries === mostClaims) throw faultIn('claim', stderr);
    }
  }

  /** A delivery that leaves no trace of itself, for what runs beside another one. */
  static async beside(host: LibvirtHost, context: UnitContext): Promise<Delivery> {
    context.signal.throwIfAborted();
    const delivery = new Delivery(host, context);
    await delivery.admit();
    return delivery;
  }

  /** The same delivery, in another context. */
  with(context: UnitContext): Delivery {
    return new Delivery(this.#host, context);
  }

  /** The fence, as it is noted with the guest. */
  get fence(): string {
    return textOf(this.context.fence);
  }

  /** Whether this very unit has ended before. */
  async wasDone(): Promise<boolean> {
    return (await readFile(`${this.#lock}.done`, 'utf8').catch(() => '')).trim() === this.#done;
  }

  /** Notes that the unit has ended: delivered again, it only looks. */
  async end(): Promise<void> {
    const { exitCode, stderr } = await this.#fenced('end', [this.#done]);
    if (exitCode !== 0) throw faultIn('end', stderr);
  }

  get #done(): string {
    const { generation, sequence } = this.context.fence;
    return `${this.key} ${generation}.${sequence}`;
  }

  /** Runs a program that changes something, and notes the effect, if it is one for itself. Raises what its failure means. */
  async effect(name: string | null, command: Command, options: CommandOptions = {}): Promise<void> {
    const { exitCode, stdout, stderr } = await this.attempt(command, options);
    if (exitCode !== 0) throw faultIn(options.called ?? command[0], stderr || stdout);
    if (name !== null) await this.note(name);
  }

  /** The same where it depends on what it says whether that is a failure, and whether there was an effect. */
  attempt(command: Command, options: CommandOptions = {}): Promise<Ended> {
    return this.#fenced('run', command, { called: command[0], ...options });
  }

  /** Runs a program that takes long and that others may have to stop: they are not kept from the guest meanwhile. */
  longAttempt(command: Command, options: CommandOptions): Promise<Ended> {
    return this.#fenced('begin', command, { called: command[0], ...options });
  }

  /** Whether no program of that kind is left at work on the guest, whoever has begun it. */
  async isIdle(): Promise<boolean> {
    return (await this.#fenced('idle', [])).exitCode === 0;
  }

  /** Raises STALE_ATTEMPT where something newer has been there. */
  async admit(): Promise<void> {
    if (compareFences(this.context.fence, await newestFence(this.#folder)) < 0) throw this.#stale();
  }

  /** Puts a file there, whole or not at all. */
  async put(name: string | null, file: string, content: string): Promise<void> {
    await this.withDraft(content, (draft) => this.effect(name, ['mv', '-T', draft, file]));
  }

  /** A file of that content, for as long as it is needed. */
  async withDraft<Result>(content: string, use: (file: string) => Promise<Result>): Promise<Result> {
    const file = draftFile(this.#folder, this.context.purpose.instanceId, '.xml');
    await writeFile(file, content);
    try {
      return await use(file);
    } finally {
      // Where it stays, the next claim takes it away.
      await rm(file, { force: true });
    }
  }

  /** Notes an effect that was had, for whoever wants to know what became of the guest. It was had even if that fails. */
  async note(effect: string): Promise<void> {
    const line = JSON.stringify({ at: new Date().toISOString(), key: this.key, effect });
    await appendFile(join(this.#folder, 'effects.ndjson'), `${line}\n`).catch(() => undefined);
  }

  async #fenced(mode: string, words: readonly string[], options: CommandOptions = {}): Promise<Ended> {
    const { timeoutSeconds = 60 } = options;
    const command = scripted(fenced, this.#lock, String(patienceSeconds), this.fence, mode, ...words);
    const limits = { ...options, timeoutSeconds: timeoutSeconds + patienceSeconds };
    const result = await attended(
      (signal) => this.#host.oneOfFew(mode === 'begin' ? 'long' : 'short', () => ended(command, { ...limits, signal })),
      async (signal) => (await jobOf(this.#host, this.context.purpose.instanceId, signal))?.share ?? 0,
      this.context,
    );
    if (result.exitCode === exits.overtaken) throw this.#stale();
    if (result.exitCode === exits.outOfTime) {
      throw new UnitFault('HOST_BUSY', `the guest was busy for ${patienceSeconds} s: ${this.#lock}`);
    }
    return result;
  }

  #stale(): UnitFault {
    return new UnitFault('STALE_ATTEMPT', `${this.key} has the fence ${this.fence}, and something newer was here`);
  }
}
