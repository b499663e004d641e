/** Addresses of interfaces. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressOf, isWithin } from '../../src/api/network/addresses.ts';
import { interfaceOn } from '../../src/model/attachments.ts';

const network = (subnet: string | null) => [{ id: '1', name: 'net', subnet }];

test('on an IPv6 network of 64 bits a guest gives itself the address that RFC 4291 makes of its hardware address', () => {
  const known = { port: 'p', network: 'net', mac: '34:56:78:9a:bc:de' };
  expect(addressOf(known, network('2001:db8:1:2::/64'))).toBe('2001:db8:1:2:3656:78ff:fe9a:bcde');
});

test.each([['10.0.0.0/24'], ['2001:db8::/48'], [null]])(
  'on %s only the network knows, unless an address was asked for',
  (subnet) => {
    const chosen = interfaceOn({ network: 'net' }, '5b1c2f0e-3d77-4c35-9a51-0b6f3a9d8c21');
    expect(addressOf(chosen, network(subnet))).toBeNull();
    expect(addressOf({ ...chosen, fixedIp: '10.0.0.7' }, network(subnet))).toBe('10.0.0.7');
  },
);

test('any address that a guest gives itself is of its network, and two ports seldom share one', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.uuid({ version: 4 }), { minLength: 2, maxLength: 50 }), (ports) => {
      const addresses = ports.map((port) => addressOf(interfaceOn({ network: 'net' }, port), network('fd00:a::/64')));
      expect(addresses.every((address) => isWithin(address ?? '', 'fd00:a::/64'))).toBe(true);
      const begun = new Set(ports.map((port) => port.replaceAll('-', '').slice(0, 10)));
      expect(new Set(addresses).size).toBe(begun.size);
    }),
  );
});

test.each([
  ['10.0.0.7', '10.0.0.0/24', true],
  ['10.0.1.7', '10.0.0.0/24', false],
  ['fd00::1', '10.0.0.0/24', false],
  ['fd00::1', 'fd00::/64', true],
  ['10.0.0.7', null, true],
])('%s within %s: %s', (address, subnet, expected) => {
  expect(isWithin(address, subnet)).toBe(expected);
});
