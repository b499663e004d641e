/** The part of the matrix that is run each time. Pure: the seed decides. */
import fc from 'fast-check';
import type { Case } from './cases.ts';

/** The same elements in the order that the seed draws. */
export function shuffled<Element>(elements: readonly Element[], seed: number): Element[] {
  const [drawn] = fc.sample(fc.shuffledSubarray([...elements], { minLength: elements.length }), { seed, numRuns: 1 });
  return drawn ?? [];
}

/** A few cases that cover each operation and each way at least once. */
export function sampleOf(cases: readonly Case[], seed: number): Case[] {
  const drawn = shuffled(cases, seed);
  const chosen: Case[] = [];
  const isNew = (key: (of: Case) => string, candidate: Case) => !chosen.some((each) => key(each) === key(candidate));
  const operationOf = ({ cell }: Case) => cell.operation.name;
  const wayOf = ({ way }: Case) => way.name;
  // Those that add both first, so that few are enough.
  for (const each of drawn) if (isNew(operationOf, each) && isNew(wayOf, each)) chosen.push(each);
  for (const each of drawn) if (isNew(operationOf, each) || isNew(wayOf, each)) chosen.push(each);
  return chosen;
}
