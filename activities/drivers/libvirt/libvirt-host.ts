/** One libvirt daemon, and what its guests have on the disks of its host. */
import { join } from 'node:path';
import pLimit, { type LimitFunction } from 'p-limit';
import type { PowerState } from '../../../src/model/states.ts';
import { UnitFault } from '../../unit-fault.ts';
import { ended, type CommandOptions, type Ended } from './commands.ts';
import { readDomain, type ReadDomain } from './domain.ts';
import { faultIn } from './faults.ts';
import { domainName, guestFolder } from './layout.ts';
import type { LibvirtOptions } from './options.ts';
import { inPlace, scripted } from './scripts.ts';

/** A guest as libvirt knows it now. */
export interface SeenGuest {
  readonly powerState: Exclude<PowerState, 'NOSTATE'>;
}

/** libvirt's `virDomainState`, as `domstats --raw` prints it. */
const powerStates: Readonly<Record<string, SeenGuest['powerState']>> = {
  1: 'RUNNING',
  2: 'RUNNING',
  3: 'PAUSED',
  4: 'RUNNING',
  5: 'SHUTDOWN',
  6: 'CRASHED',
  7: 'SUSPENDED',
};

/** Null for a state that libvirt does not have. */
export const powerStateOf = (state: string): SeenGuest['powerState'] | null => powerStates[state] ?? null;

/** A daemon that has not answered a mere question by then hangs. Less than Temporal waits for a sign of progress. */
const glanceSeconds = 3.5;
/** A daemon has 20 threads for all its callers: some are to be left for whoever only looks. */
const callsAtOnce = { short: 8, long: 10 } as const;
/** More that start at once only make one another slower. */
const startsAtOnce = 2;
const startSeconds = 240;

type Asking = Pick<CommandOptions, 'signal'>;

/** Whether a call is over by itself soon, or somebody may have to end it: that must never have to wait for it. */
export type Length = keyof typeof callsAtOnce;

const limits = new Map<string, Record<Length, LimitFunction>>();

export class LibvirtHost {
  readonly name: string;
  readonly options: LibvirtOptions;
  readonly #limits: Record<Length, LimitFunction>;

  constructor(name: string, options: LibvirtOptions) {
    this.name = name;
    this.options = options;
    const { short, long } = callsAtOnce;
    this.#limits = limits.get(options.uri) ?? { short: pLimit(short), long: pLimit(long) };
    limits.set(options.uri, this.#limits);
  }

  /** The command that asks this daemon. */
  virsh(...words: readonly string[]): [string, ...string[]] {
    const { virsh, uri } = this.options;
    return [virsh, '-q', '-c', uri, ...words];
  }

  /** Starts the guest of that name, together with one other at most, whichever worker does it. */
  starting(domain: string): { readonly command: [string, ...string[]]; readonly options: CommandOptions } {
    const places = [join(this.options.directory, '.starting-'), String(startsAtOnce), String(startSeconds / 2)];
    const command = scripted(inPlace, ...places, ...this.virsh('start', domain));
    return { command, options: { called: this.options.virsh, timeoutSeconds: startSeconds } };
  }

  /** Asks the daemon a mere question. Raises HYPERVISOR_UNREACHABLE where it hangs. */
  glance(words: readonly string[], { signal }: Asking = {}): Promise<Ended> {
    return ended(this.virsh(...words), { timeoutSeconds: glanceSeconds, ...(signal && { signal }) });
  }

  /** What it answers. Raises what its failure means. */
  async ask(words: readonly string[], options: Asking = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.glance(words, options);
    if (exitCode !== 0) throw faultIn(this.options.virsh, stderr || stdout);
    return stdout;
  }

  /** Has only so many calls at work at once that the daemon can still answer. */
  oneOfFew<Result>(length: Length, call: () => Promise<Result>): Promise<Result> {
    return this.#limits[length](call);
  }

  folder(instanceId: string): string {
    return guestFolder(this.options.directory, instanceId);
  }

  /** A file of the instance. */
  file(instanceId: string, name: string): string {
    return join(this.folder(instanceId), name);
  }

  /** The same host as another one reaches it. Raises INTERNAL_ERROR where nobody has said how. */
  peer(name: string): LibvirtHost {
    if (name === this.name) return this;
    const peer = this.options.peers[name];
    if (peer === undefined) {
      throw new UnitFault('INTERNAL_ERROR', `${this.name} is not told how ${name} is reached: add it to its peers`);
    }
    const { uri, directory } = peer;
    return new LibvirtHost(name, { ...this.options, uri, directory });
  }

  /** Null where there is no such guest. */
  async look(instanceId: string, options: Asking = {}): Promise<SeenGuest | null> {
    const name = domainName(instanceId);
    const { exitCode, stdout, stderr } = await this.glance(['domstats', '--raw', '--state', name], options);
    if (exitCode !== 0) {
      const fault = faultIn(this.options.virsh, stderr);
      if (fault.code === 'GUEST_NOT_FOUND') return null;
      throw fault;
    }
    const state = /state\.state=(\d+)/.exec(stdout)?.[1] ?? '';
    const powerState = powerStateOf(state);
    if (powerState === null) throw new UnitFault('HYPERVISOR_ERROR', `${name} has the unknown state "${state}"`);
    if (powerState !== 'SHUTDOWN') return { powerState };
    return { powerState: (await this.#isSaved(name, options)) ? 'SUSPENDED' : 'SHUTDOWN' };
  }

  /** Whether something was saved of its memory, whole or not. */
  async hasSaved(instanceId: string, options: Asking): Promise<boolean> {
    return /Managed save:\s+yes/.test(await this.ask(['dominfo', domainName(instanceId)], options));
  }

  /** Whether all of it was: a daemon that was killed meanwhile leaves a part, which libvirt itself starts from no more. */
  async #isSaved(name: string, options: Asking): Promise<boolean> {
    if (!/Managed save:\s+yes/.test(await this.ask(['dominfo', name], options))) return false;
    return (await this.glance(['managedsave-dumpxml', name], options)).exitCode === 0;
  }

  /** Its definition: what runs, or what it will be started with. Raises GUEST_NOT_FOUND. */
  async definition(instanceId: string, which: 'live' | 'kept', options: Asking = {}): Promise<ReadDomain> {
    const words = ['dumpxml', domainName(instanceId), ...(which === 'kept' ? ['--inactive'] : [])];
    return readDomain(await this.ask(words, options));
  }
}
