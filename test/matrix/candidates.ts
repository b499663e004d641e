import { initialVmState } from '../../src/model/states.ts';
import { makesInstance, requestsFor, type Declarations, type Request } from './request.ts';
import { routesByState, type Route } from './routes.ts';

/** A situation in which an operation may dispatch a step. */
export interface Candidate {
  readonly route: Route;
  readonly request: Request;
  /** Whether the guest reacts when it is asked to shut down or to reboot. */
  readonly guest: 'reacts' | 'ignores';
}

/** All situations that an operation can be tried in, the simplest first. */
export function candidatesFor(declarations: Declarations, name: string): Candidate[] {
  const operation = declarations[name];
  if (operation === undefined) throw new Error(`there is no declaration of ${name}`);
  const routes = routesByState(declarations);
  const from = operation.allowedFrom
    .filter((state) => makesInstance(operation) || state !== initialVmState)
    .flatMap((state) => routes.get(state) ?? []);
  const asked = (guest: Candidate['guest']) =>
    from.flatMap((route) => requestsFor(name).map((request): Candidate => ({ route, request, guest })));
  return [...asked('reacts'), ...asked('ignores')];
}

/** The situation in words. */
export const candidateText = ({ route, request, guest }: Candidate): string =>
  [
    `from ${route.state}`,
    ...(route.requests.length > 0 ? [`(${route.requests.map(requestText).join(', ')})`] : []),
    `by ${requestText(request)}`,
    ...(route.losesGuest ? ['without its guest'] : []),
    ...(guest === 'ignores' ? ['of a guest that ignores requests'] : []),
  ].join(' ');

const requestText = ({ operation, input, host }: Request): string =>
  [operation, JSON.stringify(input), ...(host === null ? [] : [host])].join(' ');
