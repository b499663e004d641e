import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import {
  clearFaultRules,
  listFaultRules,
  setFaultRule,
  type NewFaultRule,
} from '../../activities/drivers/simulated/fault-rules.ts';
import { openImageJournal, openJournal } from '../../activities/drivers/simulated/journal.ts';
import { imageDirectory, journalDirectory } from '../../activities/drivers/simulated/layout.ts';
import {
  readGuests,
  readImageEffects,
  readImages,
  readJournal,
  type Effect,
} from '../../activities/drivers/simulated/reading.ts';
import { passwordDigest } from '../../activities/drivers/simulated/guest-agent.ts';
import { createVolume, readVolumeEffects, readVolumes } from '../../activities/drivers/simulated/volume-store.ts';
import type { InstanceRecord } from '../../src/model/instance.ts';
import type { Claim, Debt, HostRecord } from '../../src/model/host.ts';
import {
  isNothing,
  type Guest,
  type Image,
  type InstanceState,
  type Volume,
} from '../../activities/drivers/simulated/state.ts';
import { hostWorkflowId } from '../../src/model/task.ts';
import type { Fence } from '../../src/model/unit.ts';
import { operations } from '../../src/operations/index.ts';
import { hostQuery } from '../../workflows/messages.ts';

/** What one host has of one instance. */
export interface Belongings {
  readonly guest: {
    readonly powerState: string;
    readonly flavor: string;
    readonly disk: string;
    /** `data as /dev/vdb`. */
    readonly volumes: readonly string[];
    /** Ids of ports, beside the first. */
    readonly interfaces: readonly string[];
  } | null;
  /** Names, sorted; an unfinished copy has a question mark. */
  readonly disks: readonly string[];
  readonly port: boolean;
  /** Ids of the ports that are bound beside the first. */
  readonly furtherPorts: readonly string[];
  /** Ids of claims, sorted. */
  readonly claims: readonly string[];
}

/** What becomes of the state of an instance on a host. */
type Tampering = (state: InstanceState) => Partial<InstanceState>;

/** The hosts of a fleet as they really are: what the simulated hypervisors keep, and the books of the hosts' workflows. */
export class Hypervisors {
  readonly #root: string;
  readonly #temporal: Client;
  readonly hosts: readonly string[];

  constructor(root: string, hosts: readonly string[], temporal: Client) {
    this.#root = root;
    this.hosts = hosts;
    this.#temporal = temporal;
  }

  /** Makes units misbehave from now on. Returns how to stop that. */
  async misbehave(rule: NewFaultRule): Promise<() => Promise<void>> {
    const { id } = await setFaultRule(this.#root, rule, Object.keys(operations));
    return async () => {
      await clearFaultRules(this.#root, { id });
    };
  }

  /** Stops all misbehaviour. */
  async behave(): Promise<void> {
    await clearFaultRules(this.#root);
  }

  /** Something happens to an instance on its host, behind the back of the platform. `fence`: as if a unit of that fence had done it. */
  async tamper(host: string, instanceId: string, change: Tampering, fence: Partial<Fence> = {}): Promise<void> {
    const journal = openJournal(journalDirectory(this.#root, host, instanceId));
    const newest = await journal.newest();
    if (newest === null) throw new Error(`${host} knows no instance ${instanceId}`);
    const { number, entry } = newest;
    const effect = { key: 'outside', unit: 'outside', effect: 'changed from outside', outcome: 'done' } as const;
    const state = { ...entry.state, ...change(entry.state) };
    await journal.append(number + 1, { ...entry, ...effect, fence: { ...entry.fence, ...fence }, state });
  }

  /** The power of the host is cut: none of its guests runs any more. */
  async powerOff(host: string): Promise<void> {
    for (const { instanceId } of await readGuests(this.#root, host)) {
      await this.tamper(host, instanceId, ({ guest }) => ({ guest: guest && { ...guest, powerState: 'SHUTDOWN' } }));
    }
  }

  /** The hosts on which the guest of the instance runs. */
  async runsOn(instanceId: string): Promise<string[]> {
    const guests = await Promise.all(this.hosts.map((host) => readGuests(this.#root, host)));
    return guests
      .flat()
      .filter((guest) => guest.instanceId === instanceId && guest.powerState === 'RUNNING')
      .map(({ host }) => host);
  }

  /** What the host keeps of the instance can no longer be read. */
  async corrupt(host: string, instanceId: string): Promise<void> {
    const directory = journalDirectory(this.#root, host, instanceId);
    for (const name of await readdir(directory)) await writeFile(join(directory, name), 'no journal');
  }

  /** An image disappears, behind the back of the platform. */
  async removeImage(id: string): Promise<void> {
    const journal = openImageJournal(imageDirectory(this.#root, id));
    const newest = await journal.newest();
    if (newest === null) throw new Error(`there has never been an image ${id}`);
    const effect = { key: 'outside', unit: 'outside', effect: 'removed from outside', outcome: 'done' } as const;
    await journal.append(newest.number + 1, { ...newest.entry, ...effect, state: { image: null } });
  }

  /** The images that were made from an instance, by what they are called. */
  async images(instanceId: string): Promise<(Image & { readonly id: string })[]> {
    const images = await readImages(this.#root);
    return images.filter((image) => image.instanceId === instanceId).sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Makes an empty volume. */
  async makeVolume(id: string, sizeGb = 10): Promise<void> {
    await createVolume(this.#root, id, sizeGb);
  }

  /** A volume, as the store has it. */
  async volume(id: string): Promise<Volume> {
    const volume = (await readVolumes(this.#root)).find((each) => each.id === id);
    if (volume === undefined) throw new Error(`there is no volume ${id}`);
    return volume;
  }

  /** Ids of the volumes that are reserved for an instance; an unfinished copy has a question mark. */
  async volumesOf(instanceId: string): Promise<string[]> {
    const volumes = await readVolumes(this.#root);
    const own = volumes.filter((volume) => volume.instanceId === instanceId);
    return own.map(({ id, whole }) => (whole ? id : `${id}?`)).sort();
  }

  /** Whether the administrator of the guest has this password. */
  async hasPassword({ id, residence }: InstanceRecord, password: string): Promise<boolean> {
    const { guest = null, disks = {} } = (await this.#state(residence?.host ?? '', id)) ?? {};
    return guest !== null && disks[guest.disk]?.passwordDigest === passwordDigest(password);
  }

  /** What the guest of the instance was given, on its host; null where it has no config drive. */
  async configDrive({ id, residence }: InstanceRecord): Promise<NonNullable<Guest['configDrive']> | null> {
    return (await this.#state(residence?.host ?? '', id))?.guest?.configDrive ?? null;
  }

  /** How many non-maskable interrupts the guest got. */
  async interrupts({ id, residence }: InstanceRecord): Promise<number> {
    return (await this.#state(residence?.host ?? '', id))?.guest?.interrupts.length ?? 0;
  }

  /** All that was ever done to an instance, in order. */
  journal(instanceId: string): Promise<Effect[]> {
    return readJournal(this.#root, undefined, instanceId);
  }

  /** All that was ever done to an instance, and to images and volumes for it. */
  async effectsOn(instanceId: string): Promise<Pick<Effect, 'key' | 'effect' | 'fence'>[]> {
    return [
      ...(await this.journal(instanceId)),
      ...(await readImageEffects(this.#root, instanceId)),
      ...(await readVolumeEffects(this.#root, instanceId)),
    ];
  }

  /** What was done for a task, in order: `boot run: guest started`. */
  async effects({ id, instanceId }: { readonly id: string; readonly instanceId: string }): Promise<string[]> {
    const prefix = `${id}/`;
    return (await this.effectsOn(instanceId))
      .sort((a, b) => a.fence.generation - b.fence.generation || a.fence.sequence - b.fence.sequence)
      .filter(({ key }) => key.startsWith(prefix))
      .map(({ key, effect }) => `${key.slice(prefix.length).replace('/', ' ')}: ${effect}`);
  }

  host(name: string): Promise<HostRecord> {
    return this.#temporal.workflow.getHandle(hostWorkflowId(name)).query(hostQuery);
  }

  async debts(instanceId: string): Promise<Debt[]> {
    const hosts = await Promise.all(this.hosts.map((name) => this.host(name)));
    return hosts.flatMap(({ debts }) => debts).filter(({ purpose }) => purpose.instanceId === instanceId);
  }

  /** The hosts that owe something to the instance. */
  async hostsThatOwe(instanceId: string): Promise<string[]> {
    const hosts = await Promise.all(this.hosts.map((name) => this.host(name)));
    return hosts
      .filter(({ debts }) => debts.some(({ purpose }) => purpose.instanceId === instanceId))
      .map(({ name }) => name);
  }

  async claims(instanceId: string): Promise<(Claim & { readonly host: string })[]> {
    const hosts = await Promise.all(this.hosts.map((name) => this.host(name)));
    return hosts.flatMap(({ name, claims }) =>
      claims.filter((claim) => claim.instanceId === instanceId).map((claim) => ({ ...claim, host: name })),
    );
  }

  /** What is on the disks of an instance, by host and name; two disks of the same contents are copies. */
  async contents(instanceId: string): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const host of this.hosts) {
      const disks = (await this.#state(host, instanceId))?.disks ?? {};
      for (const [name, { contents }] of Object.entries(disks)) found[`${host} ${name}`] = contents;
    }
    return found;
  }

  /** How often the rules for an instance have struck, of those that are counted. */
  async strikes(instanceId: string): Promise<number> {
    const rules = await listFaultRules(this.#root);
    return rules.reduce((sum, { instance, uses }) => sum + (instance === instanceId ? uses : 0), 0);
  }

  /** What each host has of an instance; hosts that have nothing are left out. */
  async belongings(instanceId: string): Promise<Record<string, Belongings>> {
    const claims = await this.claims(instanceId);
    const found: Record<string, Belongings> = {};
    for (const host of this.hosts) {
      const state = await this.#state(host, instanceId);
      const own = claims.filter((claim) => claim.host === host).map(({ id }) => id);
      if (state === undefined && own.length === 0) continue;
      const { guest = null, disks = {}, port = false, interfaces = [] } = state ?? {};
      found[host] = {
        guest: guest && {
          powerState: guest.powerState,
          flavor: guest.flavor.name,
          disk: guest.disk,
          volumes: guest.volumes.map(({ volume, device }) => `${volume} as ${device}`),
          interfaces: guest.interfaces.map((one) => one.port),
        },
        disks: Object.entries(disks)
          .map(([name, { whole }]) => (whole ? name : `${name}?`))
          .sort(),
        port,
        furtherPorts: interfaces.map((one) => one.port),
        claims: own.sort(),
      };
    }
    return found;
  }

  async #state(host: string, instanceId: string): Promise<InstanceState | undefined> {
    const newest = await openJournal(journalDirectory(this.#root, host, instanceId)).newest();
    return newest === null || isNothing(newest.entry.state) ? undefined : newest.entry.state;
  }
}
