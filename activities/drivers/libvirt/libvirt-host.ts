/** One libvirt daemon, and what its guests have on the disks of its host. */
import { join } from 'node:path';
import type { PowerState } from '../../../src/model/states.ts';
import { UnitFault } from '../../unit-fault.ts';
import { ended, output, type CommandOptions } from './commands.ts';
import { readDomain, type ReadDomain } from './domain.ts';
import { faultIn } from './faults.ts';
import { domainName, guestFolder } from './layout.ts';
import type { LibvirtOptions } from './options.ts';

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

export class LibvirtHost {
  readonly name: string;
  readonly options: LibvirtOptions;

  constructor(name: string, options: LibvirtOptions) {
    this.name = name;
    this.options = options;
  }

  /** The command that asks this daemon. */
  virsh(...words: readonly string[]): [string, ...string[]] {
    const { virsh, uri } = this.options;
    return [virsh, '-q', '-c', uri, ...words];
  }

  folder(instanceId: string): string {
    return guestFolder(this.options.directory, instanceId);
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
  async look(instanceId: string, options: CommandOptions = {}): Promise<SeenGuest | null> {
    const name = domainName(instanceId);
    const command = this.virsh('domstats', '--raw', '--state', name);
    const { exitCode, stdout, stderr } = await ended(command, options);
    if (exitCode !== 0) {
      const fault = faultIn(command[0], stderr);
      if (fault.code === 'GUEST_NOT_FOUND') return null;
      throw fault;
    }
    const state = /state\.state=(\d+)/.exec(stdout)?.[1] ?? '';
    const powerState = powerStateOf(state);
    if (powerState === null) throw new UnitFault('HYPERVISOR_ERROR', `${name} has the unknown state "${state}"`);
    if (powerState !== 'SHUTDOWN') return { powerState };
    return { powerState: (await this.#isSaved(name, options)) ? 'SUSPENDED' : 'SHUTDOWN' };
  }

  async #isSaved(name: string, options: CommandOptions): Promise<boolean> {
    return /Managed save:\s+yes/.test(await output(this.virsh('dominfo', name), options));
  }

  /** Its definition: what runs, or what it will be started with. Raises GUEST_NOT_FOUND. */
  async definition(instanceId: string, which: 'live' | 'kept', options: CommandOptions = {}): Promise<ReadDomain> {
    const words = ['dumpxml', domainName(instanceId), ...(which === 'kept' ? ['--inactive'] : [])];
    return readDomain(await output(this.virsh(...words), options));
  }

  /** A file of the instance. */
  file(instanceId: string, name: string): string {
    return join(this.folder(instanceId), name);
  }
}
