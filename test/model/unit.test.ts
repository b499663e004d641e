import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareFences, effectKey, type Fence, type UnitPurpose } from '../../src/model/unit.ts';

// Small numbers, so that equal parts are frequent.
const part = fc.nat({ max: 3 });
const anyFence: fc.Arbitrary<Fence> = fc.record({ generation: part, sequence: part, attempt: part });

describe('fences', () => {
  test('come one after the other or are the same: the order is total', () => {
    fc.assert(
      fc.property(anyFence, anyFence, (a, b) => {
        expect(Math.sign(compareFences(a, b)) + Math.sign(compareFences(b, a))).toBe(0);
        if (compareFences(a, b) === 0) expect(a).toEqual(b);
      }),
    );
  });

  test('are equal to themselves', () => {
    fc.assert(fc.property(anyFence, (fence) => compareFences(fence, { ...fence }) === 0));
  });

  test('stay in order across a third one: the order is transitive', () => {
    fc.assert(
      fc.property(anyFence, anyFence, anyFence, (a, b, c) => {
        if (compareFences(a, b) <= 0 && compareFences(b, c) <= 0) expect(compareFences(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  test('of a newer task come after all of an older one, whatever their units and attempts', () => {
    fc.assert(
      fc.property(anyFence, anyFence, (a, b) => {
        fc.pre(a.generation < b.generation);
        expect(compareFences(a, b)).toBeLessThan(0);
      }),
    );
  });

  test('of a later unit of one task come after all attempts of an earlier unit', () => {
    fc.assert(
      fc.property(anyFence, anyFence, (a, b) => {
        fc.pre(a.sequence < b.sequence);
        expect(compareFences(a, { ...b, generation: a.generation })).toBeLessThan(0);
      }),
    );
  });

  test('of one unit follow its attempts', () => {
    const unit = { generation: 4, sequence: 2 };
    expect(compareFences({ ...unit, attempt: 1 }, { ...unit, attempt: 2 })).toBeLessThan(0);
    expect(compareFences({ ...unit, attempt: 3 }, { ...unit, attempt: 2 })).toBeGreaterThan(0);
  });
});

describe("the key of a unit's effect", () => {
  const purpose: UnitPurpose = {
    taskId: 'b1946ac9-2d4f-5f64-8a8c-0f2d3c4b5a69',
    operation: 'reboot',
    step: 'powerOff',
    direction: 'run',
    instanceId: '7d793037-a076-5d6c-9b1e-2f0b8a1c9e11',
    generation: 1,
    sequence: 1,
  };

  test('is the same however often the unit is delivered', () => {
    expect(effectKey({ ...purpose, generation: 9, sequence: 9 })).toBe(effectKey(purpose));
  });

  test('differs between a step and its undo, between steps, and between tasks', () => {
    const keys = [
      purpose,
      { ...purpose, direction: 'undo' as const },
      { ...purpose, step: 'powerOn' },
      { ...purpose, taskId: 'another' },
    ].map(effectKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
