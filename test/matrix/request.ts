/** What is asked of an instance, in the terms of a matrix that knows no operation by its name. */
import type { Operation } from '../../src/model/operation.ts';
import { initialVmState, type VmState } from '../../src/model/states.ts';
import { isOperationName, type OperationName } from '../../src/operations/index.ts';
import { inputExamples, inputSchemaOf } from '../../src/operations/schemas.ts';
import { leaveFencedHost } from '../../src/operations/units/index.ts';

/** The operations that are tried, as they are declared. */
export type Declarations = Readonly<Record<string, Operation>>;

/** One of the hosts of a lane. */
export type HostRole = 'here' | 'there' | 'lost';
export type Input = Readonly<Record<string, unknown>>;

/** An operation with an input; the host, where the input may name one, is known once there is a lane to run it in. */
export interface Request {
  readonly operation: string;
  readonly input: Input;
  readonly host: HostRole | null;
}

/** Whether the operation makes the instance that it is for. */
export const makesInstance = ({ allowedFrom }: Operation): boolean =>
  allowedFrom.length > 0 && allowedFrom.every((state) => state === initialVmState);

/** Whether the operation has steps of its own to fail. */
export const hasSteps = ({ steps }: Operation): boolean => steps.length > 0;

/** Whether the operation is for instances whose host is dead. */
export const needsLostHost = ({ steps }: Operation): boolean => steps.some(({ unit }) => unit === leaveFencedHost);

/** The states that it leaves the instance in when it completes. None: the one that it was in. */
export const statesAfter = ({ leadsTo, subTasks }: Operation): VmState[] =>
  [leadsTo, ...subTasks.map((part) => part.operation.leadsTo)].flat();

const mayNameHost = (operation: OperationName): boolean => 'host' in inputSchemaOf(operation).shape;

/** The operation with each example that stands beside its schema, for each host where it may be told one. */
export function requestsFor(operation: string): Request[] {
  const name = known(operation);
  const hosts: readonly (HostRole | null)[] = mayNameHost(name) ? eligible : [null];
  return inputExamples(name).flatMap((input) => hosts.map((host) => ({ operation, input, host })));
}

/** The hosts that a request may name. */
const eligible: readonly HostRole[] = ['here', 'there'];

/** The same with no host, where one may be told. Only for instances that it may not be told for: it could be any of the fleet. */
export function requestsWithoutHost(operation: string): Request[] {
  const name = known(operation);
  return mayNameHost(name) ? inputExamples(name).map((input) => ({ operation, input, host: null })) : [];
}

/** The same request as it might have named a host; none where it does, or cannot. */
export const withHosts = (request: Request): Request[] =>
  request.host === null && mayNameHost(known(request.operation)) ? eligible.map((host) => ({ ...request, host })) : [];

function known(operation: string): OperationName {
  if (isOperationName(operation)) return operation;
  throw new Error(`the product has no operation ${operation}`);
}
