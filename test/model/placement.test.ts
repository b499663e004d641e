import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fits, resourcesOf } from '../../src/model/host.ts';
import { canGo, inOrderOfChoice, isOutOfReach, noRoomDetail, type Candidate } from '../../src/model/placement.ts';

const flavor = { name: 'm1.small', vcpus: 1, memoryMb: 2_048, diskGb: 20 };
const resources = (memoryMb: number) => ({ vcpus: 4, memoryMb, diskGb: 100 });
const host = (name: string, others: Partial<Candidate> = {}): Candidate => ({
  name,
  free: resources(8_192),
  serving: true,
  peers: null,
  ...others,
});
const namesOf = (hosts: readonly Candidate[]) => hosts.map(({ name }) => name);

const fleet = fc
  .array(fc.integer({ min: 0, max: 16_384 }), { minLength: 1, maxLength: 40 })
  .map((memory) => memory.map((memoryMb, index) => host(`host-${index}`, { free: resources(memoryMb) })));

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
  const hosts = ['a', 'b', 'c'].map((name) => host(name));
  const names = (wish: object) => namesOf(inOrderOfChoice(hosts, { flavor, ...wish }));
  expect(names({ avoid: 'a' })).toEqual(['b', 'c', 'a']);
  expect(names({ exclude: 'b' })).toEqual(['a', 'c']);
});

describe('an instance that comes from a host', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const peers = fc.option(fc.subarray(names));
  const neighbours = fc
    .tuple(...names.map(() => fc.tuple(peers, fc.boolean())))
    .map((traits) =>
      traits.map(([peersOfIt, serving], index) => host(names[index] ?? '', { peers: peersOfIt, serving })),
    );
  const chosen = fc.option(fc.constantFrom(...names, 'unheard of'), { nil: undefined });
  const from = fc.constantFrom(...names);

  test('is offered to all hosts that serve and that its guest can go to, and to no other', () => {
    fc.assert(
      fc.property(neighbours, from, chosen, (hosts, source, wanted) => {
        const wish = { flavor, from: source, ...(wanted !== undefined && { host: wanted }) };
        const own = hosts.find(({ name }) => name === source) ?? host(source);
        const expected = hosts.filter((each) => each.serving && canGo(own, each));
        const meant = expected.filter(({ name }) => wanted === undefined || name === wanted);
        expect(namesOf(inOrderOfChoice(hosts, wish)).sort()).toEqual(namesOf(meant).sort());
      }),
    );
  });

  test('may be refused a host by name only where it would not be offered to it either', () => {
    fc.assert(
      fc.property(neighbours, from, fc.constantFrom(...names), (hosts, source, wanted) => {
        const wish = { flavor, from: source, host: wanted };
        const offered = inOrderOfChoice(hosts, wish).length > 0;
        const serves = hosts.some(({ name, serving }) => name === wanted && serving);
        expect(offered).toBe(serves && !isOutOfReach(hosts, wish));
      }),
    );
  });

  test('may stay where it is, and hosts that name none exchange guests with one another only', () => {
    const [plain, other] = [host('a'), host('b')];
    const named = host('c', { peers: ['d', 'b'] });
    expect(canGo(plain, other)).toBe(true);
    expect(canGo(plain, named)).toBe(false);
    expect(canGo(named, host('d', { peers: [] }))).toBe(true);
    expect(canGo(host('d', { peers: [] }), named)).toBe(false);
    expect(canGo(host('d', { peers: [] }), host('d', { peers: [] }))).toBe(true);
  });

  test('hears, for operators, why no host was asked', () => {
    expect(noRoomDetail({ flavor }, [])).toBe('no host serves');
    expect(noRoomDetail({ flavor, from: 'a', exclude: 'a' }, [])).toBe(
      'no other host serves that its guest could go to from a',
    );
  });
});
