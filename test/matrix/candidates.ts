import { initialVmState } from '../../src/model/states.ts';
import {
  hasSteps,
  makesInstance,
  needsLostHost,
  requestsFor,
  requestsWithoutHost,
  type Declarations,
  type Request,
} from './request.ts';
import { losingHost, otherRoutes, routesByState, type Route } from './routes.ts';

/** A situation in which an operation may dispatch a step. */
export interface Candidate {
  readonly route: Route;
  readonly request: Request;
  /** Whether the guest reacts when it is asked to shut down or to reboot. */
  readonly guest: 'reacts' | 'ignores';
}

/** All situations that an operation can be tried in. */
export interface Candidates {
  /** By the shortest way, the simplest first. */
  readonly usual: readonly Candidate[];
  /** For what comes up in no usual one. */
  readonly further: readonly Candidate[];
  /** For what comes up in none of these: so many that they are tried in no order. */
  readonly roundabout: readonly Candidate[];
}

export function candidatesFor(declarations: Declarations, name: string): Candidates {
  const operation = declarations[name];
  if (operation === undefined) throw new Error(`there is no declaration of ${name}`);
  const routes = routesByState(declarations);
  const from = operation.allowedFrom
    .filter((state) => makesInstance(operation) || state !== initialVmState)
    .flatMap((state) => routes.get(state) ?? []);
  const asked = (ways: readonly Route[], guest: Candidate['guest'], requests = requestsFor(name)) =>
    ways
      .map((route) => (needsLostHost(operation) ? losingHost(route) : route))
      .flatMap((route) => requests.map((request): Candidate => ({ route, request, guest })));
  const usual = [...asked(from, 'reacts'), ...asked(from, 'ignores')];
  if (makesInstance(operation)) return { usual, further: [], roundabout: [] };
  const inPlace = asked(from, 'reacts', requestsWithoutHost(name));
  const equipped = from.flatMap((route) => withSomething(declarations, route));
  const others = operation.allowedFrom.flatMap((state) => otherRoutes(declarations, routes, state));
  return {
    usual,
    further: [...inPlace, ...asked(equipped, 'reacts')],
    roundabout: [...asked(others, 'reacts'), ...asked(others, 'reacts', requestsWithoutHost(name))],
  };
}

/** The route, and then each request that leaves the state as it is: the instance has something by then that others need. */
function withSomething(declarations: Declarations, route: Route): Route[] {
  if (route.requests.length === 0 || route.losesGuest) return [];
  return Object.entries(declarations)
    .filter(([, operation]) => hasSteps(operation) && operation.leadsTo.length === 0)
    .filter(([, operation]) => operation.allowedFrom.includes(route.state))
    .flatMap(([name]) => requestsFor(name))
    .map((request) => ({ ...route, requests: [...route.requests, request] }));
}

/** The situation in words. */
export const candidateText = ({ route, request, guest }: Candidate): string =>
  [
    `from ${route.state}`,
    ...(route.requests.length > 0 ? [`(${route.requests.map(requestText).join(', ')})`] : []),
    `by ${requestText(request)}`,
    ...(route.losesGuest ? ['without its guest'] : []),
    ...(route.losesHost ? ['on a host that is dead'] : []),
    ...(guest === 'ignores' ? ['of a guest that ignores requests'] : []),
  ].join(' ');

const requestText = ({ operation, input, host }: Request): string =>
  [operation, JSON.stringify(input), ...(host === null ? [] : [host])].join(' ');
