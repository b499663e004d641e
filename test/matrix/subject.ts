/** The instance that a case is tried on: how it comes to be what it must be, and how it goes. */
import { randomUUID } from 'node:crypto';
import { NotAllowedInStateError, NotFoundError, type InstanceRecord, type Task } from '../../src/client/index.ts';
import { endsInstance } from '../../src/model/operation.ts';
import { finalVmState } from '../../src/model/states.ts';
import type { Belongings } from '../support/hypervisors.ts';
import { insistently } from '../support/insistently.ts';
import { Lane } from './lane.ts';
import {
  hasSteps,
  makesInstance,
  needsLostHost,
  requestsFor,
  withHosts,
  type Declarations,
  type Request,
} from './request.ts';
import type { Route } from './routes.ts';

/** The instance could not be brought where the case begins. */
export class Unprepared extends Error {
  override readonly name = 'Unprepared';
}

/** All that there is of an instance at one moment. */
export interface Snapshot {
  /** Null before it is made. */
  readonly record: InstanceRecord | null;
  readonly belongings: Readonly<Record<string, Belongings>>;
  readonly contents: Readonly<Record<string, string>>;
  /** Keys of all units that have had an effect. */
  readonly keys: ReadonlySet<string>;
}

/** Only a task that is stuck takes so much longer than its deadlines. */
const patienceMs = 120_000;

export class Subject {
  readonly lane: Lane;
  readonly id: string;
  readonly declarations: Declarations;
  readonly #key = randomUUID();

  constructor(lane: Lane, declarations: Declarations) {
    this.lane = lane;
    this.declarations = declarations;
    this.id = Lane.instanceId(this.#key);
  }

  ask(request: Request, deadlineScale = 1): Promise<Task> {
    return this.lane.ask(request, this.#key, { deadlineScale });
  }

  /** The task once it has ended. Throws when it takes longer than this beyond all patience. */
  ended(task: Task | string, longerMs = 0): Promise<Task> {
    const signal = AbortSignal.timeout(patienceMs + longerMs);
    return insistently(() => this.lane.fleet.client.waitFor(task, signal), signal);
  }

  async run(request: Request): Promise<Task> {
    return this.ended(await this.ask(request));
  }

  record(): Promise<InstanceRecord> {
    return this.lane.fleet.client.get(this.id);
  }

  /** Takes the instance along the route. Throws {@link Unprepared} when it does not lead where it should. */
  async prepare(route: Route): Promise<void> {
    await this.#goAlong(route).catch((error: unknown) => {
      throw error instanceof NotAllowedInStateError ? new Unprepared(error.message) : error;
    });
  }

  async #goAlong({ requests, losesGuest, losesHost, state }: Route): Promise<void> {
    for (const [index, request] of requests.entries()) {
      const { status, fault } = await this.run(request);
      // Whoever has no room for an instance can say nothing of where it might have come.
      if (index === 0 && fault?.code === 'NO_VALID_HOST') throw new Error(`the lane is full: ${fault.detail ?? ''}`);
      if (status !== 'COMPLETED') throw new Unprepared(`${request.operation} is ${status}: ${fault?.code ?? ''}`);
    }
    if (losesGuest) await this.#loseGuest(state);
    if (losesHost) await this.lane.loseHost();
    if (requests.length === 0) return;
    const { vmState } = await this.record();
    if (vmState !== state) throw new Unprepared(`the instance is ${vmState}, not ${state}`);
  }

  /** Throws {@link Unprepared} when the platform could choose among the hosts of other lanes, too. */
  async expectOwnLane(request: Request): Promise<void> {
    const operation = this.declarations[request.operation];
    const named = withHosts(request);
    if (operation === undefined || named.length === 0) return;
    const instance = await this.record();
    if (named.some((each) => operation.refusal({ input: this.lane.inputOf(each, this.id), instance }) === null))
      throw new Unprepared(`${request.operation} may go to any host`);
  }

  /** The guest vanishes, and a task finds out. */
  async #loseGuest(state: Route['state']): Promise<void> {
    const { residence } = await this.record();
    if (residence === null) throw new Unprepared('the instance has no guest to lose');
    await this.lane.fleet.hypervisors.tamper(residence.host, this.id, () => ({ guest: null }));
    for (const request of await this.legalRequests()) {
      await this.run(request);
      if ((await this.record()).vmState === state) return;
    }
  }

  /** What may be asked of the instance as it is, and does not end it. */
  async legalRequests(): Promise<Request[]> {
    const record = await this.record();
    return this.#requestsFrom(record, false);
  }

  #requestsFrom(instance: InstanceRecord, ends: boolean): Request[] {
    return Object.entries(this.declarations).flatMap(([name, operation]) =>
      hasSteps(operation) &&
      !makesInstance(operation) &&
      !needsLostHost(operation) &&
      endsInstance(operation) === ends &&
      operation.allowedFrom.includes(instance.vmState)
        ? requestsFor(name).filter(
            (request) => operation.refusal({ input: this.lane.inputOf(request, this.id), instance }) === null,
          )
        : [],
    );
  }

  /** Carries out the first of these that is not refused; null when all are. */
  async runFirst(requests: readonly Request[]): Promise<{ readonly request: Request; readonly task: Task } | null> {
    for (const request of requests) {
      try {
        return { request, task: await this.run(request) };
      } catch (error) {
        if (!(error instanceof NotAllowedInStateError)) throw error;
      }
    }
    return null;
  }

  /** Ends the instance, if it is there. Returns the task that did. */
  async end(): Promise<Task | null> {
    const record = await this.#recordIfAny();
    if (record === null || record.vmState === finalVmState) return null;
    return (await this.runFirst(this.#requestsFrom(record, true)))?.task ?? null;
  }

  /** Null before it is made. */
  #recordIfAny(): Promise<InstanceRecord | null> {
    return this.record().catch((error: unknown) => {
      if (error instanceof NotFoundError) return null;
      throw error;
    });
  }

  async snapshot(): Promise<Snapshot> {
    const { hypervisors } = this.lane.fleet;
    const record = await this.#recordIfAny();
    const [belongings, contents, journal] = await Promise.all([
      hypervisors.belongings(this.id),
      hypervisors.contents(this.id),
      hypervisors.effectsOn(this.id),
    ]);
    return { record, belongings, contents, keys: new Set(journal.map(({ key }) => key)) };
  }

  /** What was done on the hosts since then, sorted: `boot/run: guest started`. */
  async effectsSince({ keys }: Snapshot): Promise<string[]> {
    const journal = await this.lane.fleet.hypervisors.effectsOn(this.id);
    return journal
      .filter(({ key }) => !keys.has(key))
      .map(({ key, effect }) => `${key.slice(key.indexOf('/') + 1)}: ${effect}`)
      .sort();
  }
}
