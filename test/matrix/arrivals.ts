/** What becomes of an instance along a route: each is gone once, whatever is to be tried at its end. */
import type { InstanceRecord } from '../../src/client/index.ts';
import { payDebts } from './aftermath.ts';
import type { Lane } from './lane.ts';
import type { Declarations, Request } from './request.ts';
import type { Route } from './routes.ts';
import { Subject, Unprepared } from './subject.ts';

/** An instance that has come to the end of a route, in some lane. It is gone by now. */
export interface Arrival {
  readonly record: InstanceRecord;
  /** The input of a request, as that lane puts it. */
  readonly inputOf: (request: Request) => unknown;
}

export class Arrivals {
  readonly #declarations: Declarations;
  readonly #known = new Map<string, Promise<Arrival | null>>();

  constructor(declarations: Declarations) {
    this.#declarations = declarations;
  }

  /** Null where the route does not lead to its end. `lane` is where it is gone if nobody has gone it yet. */
  at(route: Route, lane: Lane): Promise<Arrival | null> {
    const key = JSON.stringify(route);
    const arrival = this.#known.get(key) ?? this.#goAlong(route, lane);
    this.#known.set(key, arrival);
    return arrival;
  }

  async #goAlong(route: Route, lane: Lane): Promise<Arrival | null> {
    await lane.ready();
    const subject = new Subject(lane, this.#declarations);
    try {
      await subject.prepare(route);
      return { record: await subject.record(), inputOf: (request) => lane.inputOf(request, subject.id) };
    } catch (error) {
      if (error instanceof Unprepared) return null;
      throw error;
    } finally {
      await payDebts(subject);
      await subject.end();
    }
  }
}
