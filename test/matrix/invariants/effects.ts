import type { Trial } from '../trial.ts';
import { unlessEqual, type Violation } from '../violation.ts';
import type { Expected } from './expected.ts';

/** What is done is what is done undisturbed, each effect as often; what is taken back had none twice. */
export async function effectsAreDoneOnce({ subject, before }: Trial, expected: Expected): Promise<Violation[]> {
  const effects = await subject.effectsSince(before);
  const { outcome, detour } = expected.expectation;
  if (outcome === 'done' && !detour) return unlessEqual('effects', effects, expected.trace.effects);
  const tooMany = [...new Set(effects)].filter(
    (effect) => count(effects, effect) > Math.max(1, count(expected.trace.effects, effect)),
  );
  return unlessEqual('effects', tooMany, []);
}

const count = (effects: readonly string[], wanted: string): number =>
  effects.filter((effect) => effect === wanted).length;

/** A disk that was there before and is still there has the same on it. */
export async function disksKeepTheirContents({ subject, before }: Trial): Promise<Violation[]> {
  const now = await subject.lane.fleet.hypervisors.contents(subject.id);
  return Object.entries(before.contents).flatMap(([disk, contents]) =>
    now[disk] === undefined ? [] : unlessEqual('contents', `${disk}: ${now[disk]}`, `${disk}: ${contents}`),
  );
}
