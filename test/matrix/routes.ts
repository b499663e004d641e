/** How an instance comes into each vm_state, found out from what the declarations start from and lead to. */
import type { Operation } from '../../src/model/operation.ts';
import { finalVmState, initialVmState, reconcileVmState, type VmState } from '../../src/model/states.ts';
import {
  hasSteps,
  makesInstance,
  needsLostHost,
  requestsFor,
  statesAfter,
  type Declarations,
  type Request,
} from './request.ts';

export interface Route {
  readonly state: VmState;
  /** In order; the first makes the instance. None: it is made by what is tried. */
  readonly requests: readonly Request[];
  /** Then its guest vanishes behind the back of the platform, which finds out by the next task. */
  readonly losesGuest: boolean;
  /** Then its host dies, and is declared fenced. */
  readonly losesHost: boolean;
}

/** What the record says of an instance whose guest the hypervisor does not know. */
const stateWithoutGuest = reconcileVmState('active', 'NOSTATE');

/** The shortest ways into each state that can be tried from; several where the last request of one can be put in several ways. */
export function routesByState(declarations: Declarations): ReadonlyMap<VmState, readonly Route[]> {
  const routes = new Map<VmState, readonly Route[]>([
    [initialVmState, [{ state: initialVmState, requests: [], losesGuest: false, losesHost: false }]],
  ]);
  // A map is walked in the order of its entries, those included that are added on the way: breadth first.
  for (const [from, [shortest]] of routes) {
    if (shortest === undefined) continue;
    for (const [name, operation] of leaving(declarations, from).filter(([, each]) => hasSteps(each))) {
      for (const state of statesAfter(operation)) {
        if (routes.has(state) || state === finalVmState) continue;
        const requests = requestsFor(name).map((request) => [...shortest.requests, request]);
        routes.set(
          state,
          requests.map((all) => ({ state, requests: all, losesGuest: false, losesHost: false })),
        );
      }
    }
  }
  return withLostGuests(routes);
}

type Routes = ReadonlyMap<VmState, readonly Route[]>;
type Leading = (operation: Operation) => boolean;

/** Ways into a state by each operation that leads there from any other: what the instance was before it may still have. */
export function otherRoutes(declarations: Declarations, routes: Routes, state: VmState): Route[] {
  const byWord = ({ kind }: Operation) => kind === 'record';
  // In what a person has said that it is, an instance may be whatever it was before.
  const bySaying = new Map(
    [...routes.keys()].map((from) => [from, lastSteps(declarations, routes, from, byWord)] as const),
  );
  return [
    ...lastSteps(declarations, routes, state, () => true),
    ...lastSteps(declarations, bySaying, state, (operation) => !byWord(operation)),
  ];
}

/** These routes, and from their ends one more operation of this kind that leads into the state. */
function lastSteps(declarations: Declarations, routes: Routes, state: VmState, isLast: Leading): Route[] {
  return [...routes].flatMap(([from, ways]) => {
    if (from === initialVmState || from === state) return [];
    const last = leaving(declarations, from)
      .filter(([, operation]) => isLast(operation) && statesAfter(operation).includes(state))
      .flatMap(([name]) => requestsFor(name));
    return ways
      .filter(({ losesGuest }) => !losesGuest)
      .flatMap((way) => last.map((request) => ({ ...way, state, requests: [...way.requests, request] })));
  });
}

/** The same way, on a host that dies at its end. */
export const losingHost = (route: Route): Route => ({
  ...route,
  requests: route.requests.map((request) => (request.host === null ? request : { ...request, host: 'lost' })),
  losesHost: true,
});

/** The operations that take an instance out of a state; those that lead to one only come first, as theirs is certain. */
const leaving = (declarations: Declarations, from: VmState) =>
  Object.entries(declarations)
    .filter(([, operation]) => operation.allowedFrom.includes(from))
    // One that looks leads where the instance is already.
    .filter(([, { kind }]) => kind !== 'observation')
    .filter(([, operation]) => makesInstance(operation) === (from === initialVmState) && !needsLostHost(operation))
    .sort(([, a], [, b]) => statesAfter(a).length - statesAfter(b).length);

function withLostGuests(routes: ReadonlyMap<VmState, readonly Route[]>): ReadonlyMap<VmState, readonly Route[]> {
  const lost = [...routes].flatMap(([from, [shortest]]) =>
    from === initialVmState || from === stateWithoutGuest || shortest === undefined
      ? []
      : [{ ...shortest, state: stateWithoutGuest, losesGuest: true }],
  );
  return new Map([...routes, [stateWithoutGuest, [...(routes.get(stateWithoutGuest) ?? []), ...lost]]]);
}
