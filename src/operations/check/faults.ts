import { faultCodes, taskFaults, type FaultCode } from '../../model/fault.ts';
import type { Unit } from '../../model/unit.ts';
import type { Flaw } from './flaw.ts';

/** What is wrong with the faults that the units declare. `catalogued`: those that there are. */
export function faultFlaws(units: readonly Unit[], catalogued: readonly FaultCode[] = faultCodes): Flaw[] {
  const known = new Set<string>(catalogued);
  const declared = new Set<string>([...taskFaults, ...units.flatMap(({ faults }) => faults)]);
  const uncatalogued = units.flatMap(({ name, faults }) =>
    faults
      .filter((code) => !known.has(code))
      .map((code): Flaw => {
        const problem = `it declares the fault ${code}, which is in no catalogue`;
        return { rule: 'fault-is-catalogued', subject: name, problem, remedy: 'add it to fault.ts, or correct it' };
      }),
  );
  const undeclared = catalogued
    .filter((code) => !declared.has(code))
    .map((code): Flaw => {
      const remedy = 'declare it where it is raised, or drop it from fault.ts';
      return { rule: 'fault-is-declared', subject: code, problem: 'no unit declares it', remedy };
    });
  return [...uncatalogued, ...undeclared];
}
