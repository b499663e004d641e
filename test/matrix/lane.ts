import { VolumeExists } from '../../activities/drivers/volume-exists.ts';
import type { SubmitOptions, Task } from '../../src/client/index.ts';
import { newInstanceId } from '../../src/client/ids.ts';
import { parseInput } from '../../src/client/input.ts';
import { defaultFlavors } from '../../src/model/catalogue.ts';
import { createSchema } from '../../src/operations/create.schema.ts';
import type { Fleet, FleetOptions } from '../support/fleet.ts';
import { ownVolume, volumesIn, withOwnVolumes } from '../support/own-volumes.ts';
import { makesInstance, type Declarations, type HostRole, type Request } from './request.ts';

type Hosts = Readonly<Record<HostRole, string>>;

const hostsOf = (index: number): Hosts => ({
  here: `lane-${index}-a`,
  there: `lane-${index}-b`,
  lost: `lane-${index}-c`,
});
const indexes = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** A fleet for so many lanes: when one worker of a lane is killed or frozen, the other one serves both of its hosts. The third can die. */
export const fleetOptionsFor = (lanes: number): FleetOptions => ({
  hosts: indexes(lanes).map((index) => [hostsOf(index).here, hostsOf(index).there]),
  workersPerHost: 2,
  loneHosts: indexes(lanes).map((index) => hostsOf(index).lost),
});

/** Names of projects do not matter; those of instances are derived from them. */
const projectId = 'matrix';
const catalogue = { flavors: defaultFlavors, images: [] };

/** A few hosts and their workers, for one case after another. */
export class Lane {
  readonly fleet: Fleet;
  readonly #declarations: Declarations;
  readonly #hosts: Hosts;

  constructor(fleet: Fleet, declarations: Declarations, index: number) {
    this.fleet = fleet;
    this.#declarations = declarations;
    this.#hosts = hostsOf(index);
  }

  static all(fleet: Fleet, declarations: Declarations, count: number): Lane[] {
    return indexes(count).map((index) => new Lane(fleet, declarations, index));
  }

  /** Id of the instance that is made under this key. */
  static instanceId(key: string): string {
    return newInstanceId(projectId, key);
  }

  /** Starts those of its workers again that were killed. */
  async ready(): Promise<void> {
    const { here, lost } = this.#hosts;
    for (const worker of [this.fleet.worker(here, 0), this.fleet.worker(here, 1), this.fleet.worker(lost)]) {
      if (!worker.hasEnded) continue;
      if (worker.runs) await worker.died();
      await worker.start();
    }
  }

  /** The host that may die does, and an operator says so. Its guests go on, as nobody has cut its power. */
  async loseHost(): Promise<void> {
    await this.fleet.worker(this.#hosts.lost).kill();
    await this.fleet.client.fenceHost(this.#hosts.lost, { force: true });
  }

  /** Has a worker of the hosts come that owe something to the instance: they pay first. One that died comes back. */
  async payDebts(instanceId: string): Promise<void> {
    for (const host of await this.fleet.hypervisors.hostsThatOwe(instanceId)) {
      const worker = this.fleet.worker(host);
      if (worker.runs) await worker.restart();
    }
    const lost = this.fleet.worker(this.#hosts.lost);
    if (!lost.runs) await lost.start();
  }

  /** The input as this lane puts it for that instance, names of flavors and volumes resolved. */
  inputOf({ operation, input, host }: Request, instanceId: string): unknown {
    const named = withOwnVolumes(input, instanceId);
    return parseInput(operation, host === null ? named : { ...named, host: this.#hosts[host] }, catalogue);
  }

  /** Asks for an operation; the instance of that key is made where the operation makes one. */
  async ask(request: Request, key: string, options: SubmitOptions): Promise<Task> {
    const { client } = this.fleet;
    const declared = this.#declarations[request.operation];
    const instanceId = Lane.instanceId(key);
    const input = this.inputOf(request, instanceId);
    await this.#provideVolumes(volumesIn(request.input).map((volume) => ownVolume(instanceId, volume)));
    if (declared !== undefined && makesInstance(declared)) {
      return client.create(createSchema.parse(input), { ...options, projectId, idempotencyKey: key });
    }
    return client.request(request.operation, instanceId, input, options);
  }

  /** Makes those volumes that there are not. */
  async #provideVolumes(ids: readonly string[]): Promise<void> {
    for (const id of ids)
      await this.fleet.hypervisors.makeVolume(id).catch((error: unknown) => {
        if (!(error instanceof VolumeExists)) throw error;
      });
  }
}
