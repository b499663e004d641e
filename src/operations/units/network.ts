import { unit } from '../../model/unit.ts';
import { hostFaults } from './faults.ts';

export const plugNetwork = unit<Record<string, never>, unknown>()('plugNetwork', {
  runsOn: 'host',
  ensures: 'the port of the instance is bound to the host',
  acquires: 'port',
  faults: hostFaults,
});

export const unplugNetwork = unit<Record<string, never>, unknown>()('unplugNetwork', {
  runsOn: 'host',
  ensures: 'the host has no port of the instance',
  acquires: null,
  releases: 'port',
  faults: hostFaults,
});
