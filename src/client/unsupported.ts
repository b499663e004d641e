/** What a hypervisor cannot do, and where a guest cannot go, is refused before there is a task. */
import type { Client } from '@temporalio/client';
import type { InstanceRecord } from '../model/instance.ts';
import { isOutOfReach } from '../model/placement.ts';
import type { Problem } from '../model/problem.ts';
import { hostWorkflowId } from '../model/task.ts';
import { operations, type OperationName } from '../operations/index.ts';
import { courseOf, type PlannedClaim } from '../operations/plan.ts';
import { hostQuery } from '../../workflows/messages.ts';
import { listCandidates } from './candidates.ts';
import { query } from './gateway.ts';
import { readInstance } from './read.ts';

type Placed = Pick<InstanceRecord, 'residence' | 'name'>;

/** Of the units of an operation those that some hypervisors cannot do: of most operations none, and then nobody is asked. */
const optionalUnits = (operation: OperationName): string[] =>
  operations[operation].steps.flatMap(({ unit: { name, optional } }) => (optional === true ? [name] : []));

/** Why the operation, which would make these claims, cannot be done on the hypervisors that it needs; null when it can. */
export async function unsupportedProblem(
  client: Client,
  operation: OperationName,
  instance: Placed,
  claims: readonly PlannedClaim[],
): Promise<Problem | null> {
  const reason = (await incapacity(client, operation, instance)) ?? (await outOfReach(client, claims));
  return reason === null
    ? null
    : { type: 'InvalidRequest', message: `cannot ${operation} ${instance.name}: ${reason}` };
}

/** Why the hypervisor that the instance is on cannot do what the operation needs. */
async function incapacity(client: Client, operation: OperationName, { residence }: Placed): Promise<string | null> {
  const units = optionalUnits(operation);
  if (units.length === 0 || residence === null) return null;
  const { traits } = await query(client, hostWorkflowId(residence.host), hostQuery);
  return units.map((unit) => traits?.unsupported?.[unit]).find((each) => each !== undefined) ?? null;
}

/** Why the host that the caller has chosen will not do; the one that the guest is on may not be theirs to know. */
async function outOfReach(client: Client, claims: readonly PlannedClaim[]): Promise<string | null> {
  for (const { wish } of claims) {
    if (wish.host === undefined || wish.from === undefined) continue;
    if (isOutOfReach(await listCandidates(client, wish), wish))
      return `${wish.host} is none of the hosts that its guest can go to`;
  }
  return null;
}

/** The same for an instance that is yet to be read. */
export async function findUnsupported(
  client: Client,
  operation: OperationName,
  instanceId: string,
  input: unknown,
): Promise<Problem | null> {
  if (optionalUnits(operation).length === 0 && !choosesHost(input)) return null;
  const instance = await readInstance(client, instanceId);
  const purpose = { input, instance, taskId: '', actor: '', requestedAt: instance.updatedAt };
  const { claims } = courseOf(operations[operation], purpose, null);
  return unsupportedProblem(client, operation, instance, claims);
}

const choosesHost = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'host' in input && input.host !== undefined;
