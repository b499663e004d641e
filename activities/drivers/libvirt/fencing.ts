/**
 * How a unit acts on a guest, and is kept from doing so once something newer has been there: each effect is a program that
 * `fenced.sh` runs, and that runs only while the fence of the unit is the newest that the guest has seen.
 */
import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { compareFences, effectKey, type Fence } from '../../../src/model/unit.ts';
import { UnitFault } from '../../unit-fault.ts';
import type { UnitContext } from '../driver.ts';
import { ended, type CommandOptions } from './commands.ts';
import { faultIn } from './faults.ts';

const fenced = fileURLToPath(new URL('fenced.sh', import.meta.url));
/** Longer than libvirt has callers wait for the job of a guest. */
const patienceSeconds = 45;
const outOfTime = 75;
const overtaken = 76;

const textOf = ({ generation, sequence, attempt }: Fence): string => `${generation}.${sequence}.${attempt}`;

const doneSchema = z.object({ key: z.string(), generation: z.int(), sequence: z.int() });

/** One delivery of a unit, at one guest of one host. */
export class Delivery {
  readonly folder: string;
  readonly context: UnitContext;
  readonly key: string;
  readonly #lock: string;

  private constructor(folder: string, context: UnitContext) {
    this.folder = folder;
    this.context = context;
    this.key = effectKey(context.purpose);
    this.#lock = join(folder, 'lock');
  }

  /** Claims the guest for it. Raises STALE_ATTEMPT where something newer has been there. */
  static async claim(folder: string, context: UnitContext): Promise<Delivery> {
    context.signal.throwIfAborted();
    await mkdir(folder, { recursive: true });
    const delivery = new Delivery(folder, context);
    await delivery.#fenced(['claim'], {});
    return delivery;
  }

  /** Whether this very unit has ended before. */
  async wasDone(): Promise<boolean> {
    const { generation, sequence } = this.context.fence;
    const text = await readFile(this.#doneFile, 'utf8').catch(() => null);
    const done = text === null ? null : doneSchema.parse(JSON.parse(text));
    return done?.key === this.key && done.generation === generation && done.sequence === sequence;
  }

  /** Runs a program that changes something, and notes the effect, if it is one for itself. Raises what its failure means. */
  async effect(
    name: string | null,
    command: readonly [string, ...string[]],
    options: CommandOptions = {},
  ): Promise<void> {
    const { exitCode, stdout, stderr } = await this.#fenced(['run', ...command], options);
    if (exitCode !== 0) throw faultIn(command[0], stderr || stdout);
    if (name !== null) await this.note(name);
  }

  /** The same where it depends on what it says whether that is a failure, and whether there was an effect. */
  async attempt(command: readonly [string, ...string[]], options: CommandOptions = {}) {
    return this.#fenced(['run', ...command], options);
  }

  /** Runs a program that takes long and that others may have to stop: they are not kept from the guest meanwhile. */
  async longAttempt(command: readonly [string, ...string[]], options: CommandOptions = {}) {
    return this.#fenced(['begin', ...command], options);
  }

  /** Raises STALE_ATTEMPT where something newer has been there; leaves no trace, for what runs beside another unit. */
  static async admit(folder: string, { fence, purpose }: UnitContext): Promise<void> {
    const noted = await readFile(join(folder, 'lock.fence'), 'utf8').catch(() => '0.0.0');
    const [generation = 0, sequence = 0, attempt = 0] = noted.split('.').map(Number);
    if (compareFences(fence, { generation, sequence, attempt }) >= 0) return;
    throw new UnitFault('STALE_ATTEMPT', `${effectKey(purpose)} has the fence ${textOf(fence)}, and ${noted} was here`);
  }

  /** Puts a file there, whole or not at all. */
  async put(name: string | null, file: string, content: string): Promise<void> {
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, content);
    const { exitCode, stderr } = await this.#fenced(['run', 'mv', '-T', draft, file], {});
    if (exitCode !== 0) throw faultIn('mv', stderr);
    if (name !== null) await this.note(name);
  }

  /** Notes that the unit has ended: delivered again, it only looks. */
  async end(): Promise<void> {
    const { generation, sequence } = this.context.fence;
    await this.put(null, this.#doneFile, JSON.stringify({ key: this.key, generation, sequence }));
  }

  get #doneFile(): string {
    return join(this.folder, 'done.json');
  }

  /** Notes an effect that was had, for whoever wants to know what became of the guest. */
  async note(effect: string): Promise<void> {
    const line = JSON.stringify({ at: new Date().toISOString(), key: this.key, effect });
    await appendFile(join(this.folder, 'effects.ndjson'), `${line}\n`);
  }

  async #fenced(words: readonly string[], { timeoutSeconds = 60, ...options }: CommandOptions) {
    const { fence, signal } = this.context;
    const command = [fenced, this.#lock, String(patienceSeconds), textOf(fence), ...words] as const;
    const result = await ended(command, { signal, ...options, timeoutSeconds: timeoutSeconds + patienceSeconds });
    if (result.exitCode === overtaken) {
      throw new UnitFault('STALE_ATTEMPT', `${this.key} has the fence ${textOf(fence)}, and something newer was here`);
    }
    if (result.exitCode === outOfTime) {
      throw new UnitFault('HOST_BUSY', `the guest was busy for ${patienceSeconds} s: ${this.#lock}`);
    }
    return result;
  }
}
