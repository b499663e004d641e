import { driverConformance } from './driver-conformance.ts';
import { simulatedFleet } from './simulated-fleet.ts';

driverConformance('simulated', simulatedFleet);
