/** The libvirt driver, on real guests: `npm run test:libvirt`. */
import { afterAll, beforeAll } from '@jest/globals';
import { driverConformance } from '../driver-conformance.ts';
import { startDaemons, type Daemons } from './daemons.ts';
import { libvirtFleet } from './libvirt-fleet.ts';

let daemons: Daemons;
beforeAll(async () => {
  daemons = await startDaemons();
}, 300_000);
afterAll(() => daemons.stop());

driverConformance('libvirt', () => libvirtFleet(daemons));
