/** The catalogue: every operation by its name, and what may be asked of all of them. */
import { endsInstance, type Operation } from '../model/operation.ts';
import * as declarations from './declarations.ts';

export const operations = { ...declarations } as const;

export type OperationName = keyof typeof operations;

/** True when there is an operation of that name. */
export const isOperationName = (name: string): name is OperationName => Object.hasOwn(operations, name);

/** Whether the operation of that name ends the instance. */
export const isDeletion = (name: string): boolean => isOperationName(name) && endsInstance(operations[name]);

/** Whether the operation of that name breaks in upon whatever is under way. */
export const waitsForNobody = (name: string): boolean => isOperationName(name) && operations[name].waitsForNobody;

/** Declarations that tasks admitted earlier still carry: keep the old version here when one is raised. */
const olderVersions: readonly Operation[] = [];

/** The declaration that a task was admitted with. Throws when it is no longer registered. */
export function findOperation(name: string, version: number): Operation {
  const all: readonly Operation[] = [...Object.values(operations), ...olderVersions];
  const found = all.find((operation) => operation.name === name && operation.version === version);
  if (found === undefined) throw new Error(`no declaration of ${name} version ${version} is registered`);
  return found;
}
