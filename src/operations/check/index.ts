/** The static check: whether all declarations together are a machine without dead ends in which nothing leaks. */
import type { Operation } from '../../model/operation.ts';
import type { Unit } from '../../model/unit.ts';
import { faultFlaws } from './faults.ts';
import type { Flaw } from './flaw.ts';
import { machineFlaws } from './machine.ts';
import { stepFlaws } from './steps.ts';
import { subTaskFlaws } from './sub-tasks.ts';

/** All that is wrong with these declarations; empty when they are sound. Operations are given by their registered names. */
export function findFlaws(operations: Readonly<Record<string, Operation>>, units: readonly Unit[]): Flaw[] {
  const all = Object.values(operations);
  return [
    ...nameFlaws(operations),
    ...all.flatMap(kindFlaws),
    ...all.flatMap((operation) => stepFlaws(operation, units)),
    ...all.flatMap(subTaskFlaws),
    ...machineFlaws(all),
    ...faultFlaws(units),
  ];
}

/** Whether what an operation is fits its having steps. */
function kindFlaws({ name, kind, steps }: Operation): Flaw[] {
  const hasSteps = steps.length > 0;
  if (hasSteps === (kind === 'change' || kind === 'observation')) return [];
  const problem = `it is of the kind ${kind} and has ${hasSteps ? 'steps' : 'no steps'}`;
  return [{ rule: 'kind-fits-steps', subject: name, problem, remedy: 'declare it as what it is' }];
}

function nameFlaws(operations: Readonly<Record<string, Operation>>): Flaw[] {
  return Object.entries(operations)
    .filter(([name, operation]) => operation.name !== name)
    .map(([name, operation]) => ({
      rule: 'known-under-its-name',
      subject: name,
      problem: `the operation that is registered as ${name} calls itself ${operation.name}`,
      remedy: 'give it one name',
    }));
}
