/** Finds out, with nothing in the way, in which situations the steps of an operation are dispatched. */
import { NotAllowedInStateError } from '../../src/client/index.ts';
import type { Operation } from '../../src/model/operation.ts';
import { payDebts } from './aftermath.ts';
import type { Arrivals } from './arrivals.ts';
import { candidatesFor, candidateText, type Candidate } from './candidates.ts';
import type { Trace } from './cell.ts';
import { completed } from './expectation.ts';
import { checkEnd, checkSettled } from './invariants/index.ts';
import type { Lane } from './lane.ts';
import type { MatrixOptions } from './options.ts';
import type { Declarations } from './request.ts';
import { prospectOf, type Prospect } from './prospect.ts';
import { shuffled } from './sample.ts';
import { Subject, Unprepared } from './subject.ts';
import { tryRequest } from './trial.ts';
import type { Violation } from './violation.ts';

/** What came of one situation. */
export interface Sighting {
  readonly operation: string;
  readonly situation: string;
  /** Null when it did not end well: then nothing can be built on it. */
  readonly trace: Trace | null;
  readonly violations: readonly Violation[];
}

/** So many situations of each operation, in which there is a step to fail, are enough for a sample: another seed draws others. */
const enoughForSample = 1;

type Options = Pick<MatrixOptions, 'extent' | 'seed' | 'choice' | 'report'>;

/** Tries situations until all chosen steps have been seen; for a sample, some that the seed draws. */
export async function survey(
  lane: Lane,
  arrivals: Arrivals,
  declarations: Declarations,
  name: string,
  { extent, seed, choice, report }: Options,
): Promise<Sighting[]> {
  const operation = declarations[name];
  if (operation === undefined) throw new Error(`there is no declaration of ${name}`);
  const { usual, further, roundabout } = candidatesFor(declarations, name);
  const look = (candidate: Candidate) => lookAt(lane, declarations, operation, candidate);
  if (extent === 'sample')
    return drawSome(
      [usual, further, roundabout].flatMap((each) => shuffled(each, seed)),
      look,
    );
  const wanted = operation.steps.map((step) => step.name).filter((step) => (choice.step ?? step) === step);
  const candidates = [...usual, ...further, ...shuffled(roundabout, seed)];
  const sightings = await lookForAll(wanted, worthTrying(operation, candidates, arrivals, lane), look);
  report(`surveyed ${name}: ${sightings.length} situations`);
  return sightings;
}

type Look = (candidate: Candidate) => Promise<Sighting | null>;

async function drawSome(candidates: readonly Candidate[], look: Look): Promise<Sighting[]> {
  const sightings: Sighting[] = [];
  for (const candidate of candidates) {
    if (sightings.filter(hasDispatched).length === enoughForSample) break;
    const sighting = await look(candidate);
    if (sighting !== null) sightings.push(sighting);
  }
  return sightings;
}

/** Until each of these steps has been seen. */
async function lookForAll(
  steps: readonly string[],
  candidates: (unseen: ReadonlySet<string>) => AsyncGenerator<Candidate>,
  look: Look,
): Promise<Sighting[]> {
  const sightings: Sighting[] = [];
  const unseen = new Set(steps);
  for await (const candidate of candidates(unseen)) {
    const sighting = await look(candidate);
    if (sighting !== null) sightings.push(sighting);
    for (const step of sighting?.trace?.dispatched ?? []) unseen.delete(step);
    if (unseen.size === 0) break;
  }
  return sightings;
}

/** Those in which a step may be dispatched that has not been seen. Of those that look alike one comes first; the others, last. */
const worthTrying = (operation: Operation, candidates: readonly Candidate[], arrivals: Arrivals, lane: Lane) =>
  async function* (unseen: ReadonlySet<string>): AsyncGenerator<Candidate> {
    const tried = new Set<string>();
    const others: (readonly [Candidate, Prospect])[] = [];
    for (const candidate of candidates) {
      if (candidate.route.requests.length === 0) {
        yield candidate;
        continue;
      }
      const arrival = await arrivals.at(candidate.route, lane);
      const prospect = arrival && prospectOf(operation, candidate, arrival);
      if (!prospect?.steps.some((step) => unseen.has(step))) continue;
      if (tried.has(prospect.likeness)) others.push([candidate, prospect]);
      else yield candidate;
      tried.add(prospect.likeness);
    }
    for (const [candidate, { steps }] of others) if (steps.some((step) => unseen.has(step))) yield candidate;
  };

/** Somebody has said in what state the instance is. That may be untrue, and nothing follows from what comes of it. */
function restsOnWord(declarations: Declarations, { route }: Candidate): boolean {
  const last = route.requests.at(-1);
  return last !== undefined && declarations[last.operation]?.kind === 'record';
}

const hasDispatched = ({ trace }: Sighting): boolean => trace === null || trace.dispatched.length > 0;

/** Null for a situation that there is not: the instance does not come there, or the operation is refused, or does not work there. */
async function lookAt(
  lane: Lane,
  declarations: Declarations,
  operation: Operation,
  candidate: Candidate,
): Promise<Sighting | null> {
  await lane.ready();
  const subject = new Subject(lane, declarations);
  try {
    return await tryIn(subject, operation, candidate);
  } catch (error) {
    if (error instanceof Unprepared || error instanceof NotAllowedInStateError) return null;
    throw error;
  } finally {
    // What has led nowhere takes up room all the same.
    await payDebts(subject);
    await subject.end();
  }
}

async function tryIn(subject: Subject, operation: Operation, candidate: Candidate): Promise<Sighting | null> {
  const { name } = operation;
  const trial = await tryRequest(subject, candidate);
  const isSound = trial.task.status === 'COMPLETED';
  // What needs a guest may say that there is none, or that it does not answer.
  if (!isSound && (candidate.route.losesGuest || trial.task.fault?.code === 'GUEST_UNRESPONSIVE')) return null;
  const owes = await payDebts(subject);
  const effects = await subject.effectsSince(trial.before);
  const dispatched = trial.task.items.filter(({ direction, state }) => direction === 'run' && state !== 'SKIPPED');
  const trace: Trace = {
    operation: name,
    candidate,
    dispatched: dispatched.map(({ step }) => step),
    endsIn: trial.record.vmState,
    owes,
    effects,
  };
  const expected = { expectation: completed, operation, trace };
  const violations = [...(await checkEnd(trial, expected)), ...(await checkSettled(trial, expected))];
  if (violations.length > 0 && restsOnWord(subject.declarations, candidate)) return null;
  return { operation: name, situation: candidateText(candidate), trace: isSound ? trace : null, violations };
}
