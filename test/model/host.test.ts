import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fits, freeResources, resourcesOf, type Resources } from '../../src/model/host.ts';

const amount = fc.nat({ max: 1_000 });
const anyResources: fc.Arbitrary<Resources> = fc.record({ vcpus: amount, memoryMb: amount, diskGb: amount });

describe('the room on a host', () => {
  const capacity: Resources = { vcpus: 8, memoryMb: 16_384, diskGb: 100 };

  test('is its whole capacity while nothing is claimed', () => {
    expect(freeResources(capacity, [])).toEqual(capacity);
  });

  test('is what its claims leave', () => {
    const claims = [
      { vcpus: 2, memoryMb: 4_096, diskGb: 20 },
      { vcpus: 1, memoryMb: 2_048, diskGb: 10 },
    ];
    expect(freeResources(capacity, claims)).toEqual({ vcpus: 5, memoryMb: 10_240, diskGb: 70 });
  });

  test('does not depend on the order of the claims', () => {
    fc.assert(
      fc.property(fc.array(anyResources), (claims) => {
        expect(freeResources(capacity, claims)).toEqual(freeResources(capacity, claims.toReversed()));
      }),
    );
  });

  test.each(['vcpus', 'memoryMb', 'diskGb'] as const)('suffices to the last unit of %s, and not beyond', (kind) => {
    expect(fits(capacity, capacity)).toBe(true);
    expect(fits({ ...capacity, [kind]: capacity[kind] + 1 }, capacity)).toBe(false);
  });

  test('is never overdrawn by a claim that fits', () => {
    fc.assert(
      fc.property(anyResources, anyResources, (whole, wanted) => {
        fc.pre(fits(wanted, whole));
        const { vcpus, memoryMb, diskGb } = freeResources(whole, [wanted]);
        expect(Math.min(vcpus, memoryMb, diskGb)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('is taken by an instance as its flavor says', () => {
    const flavor = { name: 'm1.small', vcpus: 1, memoryMb: 2_048, diskGb: 20 };
    expect(resourcesOf(flavor)).toEqual({ vcpus: 1, memoryMb: 2_048, diskGb: 20 });
  });
});
