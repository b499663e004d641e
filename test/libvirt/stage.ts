/** A whole installation on two real libvirt hosts, `a` and `b`: Temporal, a control worker, workers of the hosts. */
import type { InstanceRecord, OperationInput, OperationName, SubmitOptions, Task } from '../../src/client/index.ts';
import { isHost, startDaemons, type Daemons, type HostName, type Preparation } from '../drivers/libvirt/daemons.ts';
import { makePlaces, type GivenFolders, type Places } from '../drivers/libvirt/places.ts';
import { startFleet, type Fleet, type FleetOptions } from '../support/fleet.ts';
import { Guest } from './guest.ts';

/** As small as a guest can be that boots. */
export const small = { name: 'small', vcpus: 1, memoryMb: 96, diskGb: 1 };
/** The same with a disk as large as its image: live migrations that are slowed down copy all of it. */
export const tiny = { ...small, name: 'tiny', diskGb: 0 };

interface StageOptions {
  readonly fleet?: FleetOptions;
  readonly prepare?: Preparation;
  readonly folders?: GivenFolders;
}

export class Stage {
  readonly daemons: Daemons;
  readonly places: Places;
  readonly fleet: Fleet;

  private constructor(daemons: Daemons, places: Places, fleet: Fleet) {
    this.daemons = daemons;
    this.places = places;
    this.fleet = fleet;
  }

  static async set({ fleet: options = {}, prepare, folders }: StageOptions = {}): Promise<Stage> {
    const daemons = await startDaemons(prepare);
    try {
      const places = await makePlaces(daemons, folders);
      const driver = (host: string) => ({ name: 'libvirt', options: places.options(hostOf(host)) });
      const fleet = await startFleet({ hosts: ['a', 'b'], powerStateIntervalMs: 1_000, driver, ...options });
      return new Stage(daemons, places, fleet);
    } catch (error) {
      await daemons.stop();
      throw error;
    }
  }

  get client(): Fleet['client'] {
    return this.fleet.client;
  }

  /** Makes an instance on the host, and waits until its guest is up. */
  async instance(host: HostName = 'a', flavor = small): Promise<InstanceRecord> {
    const instance = await this.fleet.activeInstance({ flavor, host });
    await this.guest(instance.id).untilUp(1);
    return instance;
  }

  /** The guest of an instance, wherever the record has it. */
  guest(instanceId: string): Guest {
    return new Guest(this.places, instanceId, async () => hostOf((await this.client.get(instanceId)).residence?.host));
  }

  /** Has an operation carried out. Throws when it does not complete. */
  async done<Name extends Exclude<OperationName, 'create'>>(
    operation: Name,
    instanceId: string,
    input: OperationInput<Name> | Record<string, never> = {},
    options: SubmitOptions = {},
  ): Promise<Task> {
    const task = await this.fleet.run(operation, instanceId, input, options);
    if (task.status !== 'COMPLETED') {
      const { code, detail } = task.fault ?? {};
      throw new Error(`${operation} is ${task.status}: ${code} ${detail}`);
    }
    return task;
  }

  async dispose(): Promise<void> {
    await this.fleet.dispose();
    await this.places.dispose();
    await this.daemons.stop();
  }
}

const hostOf = (name: string | undefined): HostName => {
  if (name === undefined || !isHost(name)) throw new Error(`there is no host ${name ?? 'at all'}`);
  return name;
};
