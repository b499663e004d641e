import { expect, test } from '@jest/globals';
import { createDriver } from '../../activities/drivers/index.ts';

test('A driver that does not exist is refused with the names of those that do', () => {
  expect(() => createDriver('vmware', 'alpha', {})).toThrow('there is no driver "vmware", only libvirt, simulated');
});

test.each([
  ['an unknown option', { root: '/tmp/x', colour: 'red' }, /colour/],
  ['no folder', {}, /root/],
  [
    'a latency that is no duration',
    { root: '/tmp/x', latency: { default: '5' } },
    /write a duration.*latency\.default/s,
  ],
  ['the latency of an unknown unit', { root: '/tmp/x', latency: { byUnit: { reboot: '1s' } } }, /reboot/],
])('Options of a driver with %s are refused with the reason', (_what, options, message) => {
  expect(() => createDriver('simulated', 'alpha', options)).toThrow(message);
});

test('A host whose name leads out of the folder has no hypervisor', () => {
  expect(() => createDriver('simulated', '../alpha', { root: '/tmp/x' })).toThrow('is no name of a host');
});
