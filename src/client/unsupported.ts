/** What a hypervisor cannot do is refused before there is a task. */
import type { Client } from '@temporalio/client';
import type { InstanceRecord } from '../model/instance.ts';
import type { Problem } from '../model/problem.ts';
import { hostWorkflowId } from '../model/task.ts';
import { operations, type OperationName } from '../operations/index.ts';
import { hostQuery } from '../../workflows/messages.ts';
import { query } from './gateway.ts';
import { readInstance } from './read.ts';

/** Of the units of an operation those that some hypervisors cannot do: of most operations none, and then nobody is asked. */
const optionalUnits = (operation: OperationName): string[] =>
  operations[operation].steps.flatMap(({ unit: { name, optional } }) => (optional === true ? [name] : []));

/** Why the hypervisor that the instance is on cannot do what the operation needs; null when it can. */
export async function unsupportedProblem(
  client: Client,
  operation: OperationName,
  { residence, name }: Pick<InstanceRecord, 'residence' | 'name'>,
): Promise<Problem | null> {
  const units = optionalUnits(operation);
  if (units.length === 0 || residence === null) return null;
  const { traits } = await query(client, hostWorkflowId(residence.host), hostQuery);
  const reason = units.map((unit) => traits?.unsupported?.[unit]).find((each) => each !== undefined);
  return reason === undefined ? null : { type: 'InvalidRequest', message: `cannot ${operation} ${name}: ${reason}` };
}

/** The same for an instance that is yet to be read. */
export async function findUnsupported(
  client: Client,
  operation: OperationName,
  instanceId: string,
): Promise<Problem | null> {
  if (optionalUnits(operation).length === 0) return null;
  return unsupportedProblem(client, operation, await readInstance(client, instanceId));
}
