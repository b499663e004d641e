import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fits, resourcesOf } from '../../src/model/host.ts';
import { inOrderOfChoice } from '../../src/model/placement.ts';

const flavor = { name: 'm1.small', vcpus: 1, memoryMb: 2_048, diskGb: 20 };
const resources = (memoryMb: number) => ({ vcpus: 4, memoryMb, diskGb: 100 });
const fleet = fc
  .array(fc.integer({ min: 0, max: 16_384 }), { minLength: 1, maxLength: 40 })
  .map((memory) => memory.map((memoryMb, index) => ({ name: `host-${index}`, free: resources(memoryMb) })));

test('hosts with room are asked first, the emptiest before the others, then at most ten of the full ones', () => {
  fc.assert(
    fc.property(fleet, (hosts) => {
      const asked = inOrderOfChoice(hosts, { flavor });
      const hasRoom = asked.map(({ free }) => fits(resourcesOf(flavor), free));
      const roomy = asked.filter((_host, index) => hasRoom[index]);
      expect(hasRoom).toEqual([...hasRoom].sort((a, b) => Number(b) - Number(a)));
      expect(roomy).toHaveLength(hosts.filter(({ free }) => fits(resourcesOf(flavor), free)).length);
      expect(asked.length - roomy.length).toBeLessThanOrEqual(10);
      const memory = roomy.map(({ free }) => free.memoryMb);
      expect(memory).toEqual([...memory].sort((a, b) => b - a));
    }),
  );
});

test('the host to avoid comes after all others that have room, and the excluded one not at all', () => {
  const hosts = ['a', 'b', 'c'].map((name) => ({ name, free: resources(8_192) }));
  const names = (wish: object) => inOrderOfChoice(hosts, { flavor, ...wish }).map(({ name }) => name);
  expect(names({ avoid: 'a' })).toEqual(['b', 'c', 'a']);
  expect(names({ exclude: 'b' })).toEqual(['a', 'c']);
});
