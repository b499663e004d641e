/** The cases come from the declarations alone: what is generated, what is left out and why, what is drawn. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Operation } from '../../src/model/operation.ts';
import { operations } from '../../src/operations/index.ts';
import { parseInput } from '../../src/client/input.ts';
import { defaultFlavors } from '../../src/model/catalogue.ts';
import { finalVmState } from '../../src/model/states.ts';
import { candidatesFor } from './candidates.ts';
import { casesOf, caseText, chosenOperations } from './cases.ts';
import type { Trace } from './cell.ts';
import { requestsFor } from './request.ts';
import { routesByState } from './routes.ts';
import { sampleOf } from './sample.ts';
import { ways } from './ways/index.ts';

const names = chosenOperations(operations, {});

/** As if every step of an operation were dispatched in the first situation that there is. */
function traceOf(name: string): Trace {
  const [candidate] = candidatesFor(operations, name).usual;
  const operation: Operation | undefined = Object.values<Operation>(operations).find((each) => each.name === name);
  if (candidate === undefined || operation === undefined) throw new Error(`${name} cannot be tried`);
  const dispatched = operation.steps.map((step) => step.name);
  return {
    operation: name,
    candidate,
    dispatched,
    endsIn: operation.leadsTo[0] ?? finalVmState,
    owes: false,
    effects: [],
  };
}
const traces = names.map(traceOf);
const { cases, inapplicable, neverReached } = casesOf(operations, traces, {});

describe('the cases', () => {
  test('are each step of each operation in each way, tried or left out for a reason', () => {
    const steps = names.flatMap((name) => traceOf(name).dispatched);
    expect(cases.length + inapplicable.length).toBe(steps.length * ways.length);
    expect(new Set(cases.map(caseText)).size).toBe(cases.length);
    expect(neverReached).toEqual([]);
  });

  test('of a step that no situation leads to are not dropped: the step is named', () => {
    const unseen = traces.map((trace) => ({ ...trace, dispatched: trace.dispatched.slice(1) }));
    const { neverReached: missed } = casesOf(operations, unseen, {});
    expect(missed).toEqual(traces.map(({ operation, dispatched }) => `${operation} ${dispatched[0] ?? ''}`));
  });

  test('undo nothing beyond the point of no return, and kill no worker where none of a host is needed', () => {
    for (const { cell, way } of cases) {
      if (way.needs === 'undo') expect(cell.step.undo).toBeDefined();
      if (way.needs === 'hostWorker') expect(cell.step.unit.runsOn).toBe('host');
    }
    expect(new Set(inapplicable.map(({ reason }) => reason)).size).toBe(3);
  });

  test('that a seed draws are few, and cover each operation and each way', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const drawn = sampleOf(cases, seed);
        expect(drawn.length).toBeLessThanOrEqual(names.length + ways.length);
        expect(new Set(drawn.map(({ cell }) => cell.operation.name))).toEqual(new Set(names));
        expect(new Set(drawn.map(({ way }) => way))).toEqual(new Set(ways));
        expect(sampleOf(cases, seed)).toEqual(drawn);
      }),
      { numRuns: 20 },
    );
  });
});

test('every state that an operation starts from has a way into it, unless an instance never rests there', () => {
  const states = new Set(Object.values<Operation>(operations).flatMap(({ allowedFrom }) => allowedFrom));
  expect([...states].filter((state) => (routesByState(operations).get(state) ?? []).length === 0)).toEqual([]);
});

test.each(names)('the examples of %s are inputs that it takes', (name) => {
  const catalogue = { flavors: defaultFlavors, images: [] };
  for (const { operation, input } of requestsFor(name)) {
    expect(() => parseInput(operation, input, catalogue)).not.toThrow();
  }
});
