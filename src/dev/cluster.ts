import { isGrpcServiceError, type Connection } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { SearchAttributeName } from '../model/search-attributes.ts';
import type { ClusterConfiguration } from './configuration.ts';
import { attributeTypeWords } from './configuration.schema.ts';
import { poll } from './poll.ts';
import { reasonOf, SetUpError, type Report } from './set-up-error.ts';

/** How a Temporal differs from what the configuration asks for. */
export interface ClusterState {
  /** Null when the namespace does not exist. */
  readonly retentionDays: number | null;
  readonly missingSearchAttributes: readonly SearchAttributeName[];
  /** Registered under the right name with another type, one sentence for each. */
  readonly wrongSearchAttributes: readonly string[];
}

/** Codes of gRPC. */
const invalidArgument = 3;
const notFound = 5;
const secondsPerDay = 86_400;
/** A cluster of several machines hears of a new namespace when their caches are read anew. */
const propagationMs = 30_000;

/** Looks at the namespace and its search attributes and changes nothing. Rejects with a gRPC error. */
export async function inspectCluster(
  connection: Connection,
  { namespace, searchAttributes }: ClusterConfiguration,
): Promise<ClusterState> {
  const retentionDays = await readRetention(connection, namespace.name);
  const registered = retentionDays === null ? {} : await readSearchAttributes(connection, namespace.name);
  const missing: SearchAttributeName[] = [];
  const wrong: string[] = [];
  for (const name of namesOf(searchAttributes)) {
    const wanted = searchAttributes[name];
    const found = registered[name];
    if (found === undefined) missing.push(name);
    else if (found !== toProtocol(wanted)) {
      wrong.push(`${name} is of type ${wordFor(found)}, but must be ${attributeTypeWords[wanted]}`);
    }
  }
  return { retentionDays, missingSearchAttributes: missing, wrongSearchAttributes: wrong };
}

/**
 * Makes namespace, retention and search attributes right, on a development server as on a production cluster. Does
 * nothing where they are; never shortens a retention, because that deletes histories, nor removes anything. Throws a
 * {@link SetUpError} that says what could not be done.
 */
export async function setUpCluster(
  connection: Connection,
  configuration: ClusterConfiguration,
  report: Report = () => undefined,
): Promise<void> {
  await ensureNamespace(connection, configuration, report);
  await ensureSearchAttributes(connection, configuration, report);
}

async function ensureNamespace(
  connection: Connection,
  { namespace: { name, retentionDays } }: ClusterConfiguration,
  report: Report,
): Promise<void> {
  const workflowExecutionRetentionPeriod = msToTs(retentionDays * secondsPerDay * 1_000);
  const present = await readRetention(connection, name);
  try {
    if (present === null) {
      await connection.workflowService.registerNamespace({ namespace: name, workflowExecutionRetentionPeriod });
      report(`Namespace ${name} registered, retention ${retentionDays} days`);
    } else if (present < retentionDays) {
      const config = { workflowExecutionRetentionTtl: workflowExecutionRetentionPeriod };
      await connection.workflowService.updateNamespace({ namespace: name, config });
      report(`Retention of namespace ${name} raised from ${present} to ${retentionDays} days`);
    }
  } catch (error) {
    // Another set-up at the same time may have been quicker.
    const now = await readRetention(connection, name).catch(() => null);
    if (now === null || now < retentionDays) {
      throw new SetUpError(`Namespace ${name} could not be made right: ${reasonOf(error)}`, { cause: error });
    }
  }
}

async function ensureSearchAttributes(
  connection: Connection,
  configuration: ClusterConfiguration,
  report: Report,
): Promise<void> {
  const namespace = configuration.namespace.name;
  const inspect = () =>
    inspectCluster(connection, configuration).catch((error: unknown) =>
      isNotFound(error) ? undefined : Promise.reject(error),
    );
  const state = await poll(inspect, { withinMs: propagationMs });
  if (!state) throw new SetUpError(`Namespace ${namespace} was registered but did not appear.`);
  refuseWrongTypes(namespace, state);
  const missing = state.missingSearchAttributes;
  if (missing.length === 0) return;

  const wanted = Object.fromEntries(missing.map((name) => [name, toProtocol(configuration.searchAttributes[name])]));
  const failure: unknown = await connection.operatorService
    .addSearchAttributes({ namespace, searchAttributes: wanted })
    .then(() => undefined)
    .catch((error: unknown) => error);
  // After a failure a look is worth it all the same: another set-up may have added them meanwhile.
  const arrived = async () => (await inspect())?.missingSearchAttributes.length === 0 && (await areUsable());
  const areUsable = () => understands(connection, namespace, missing);
  const added = await poll(async () => ((await arrived()) ? true : undefined), {
    withinMs: failure === undefined ? propagationMs : 1_000,
  });
  if (!added) {
    const reason = failure === undefined ? 'they did not appear' : reasonOf(failure);
    throw new SetUpError(
      `The search attributes ${missing.join(', ')} could not be added to namespace ${namespace}: ${reason}`,
      { cause: failure },
    );
  }
  report(`Search attributes added to namespace ${namespace}: ${missing.join(', ')}`);
}

/** Whether the caches of the server have heard of them: until then workflows that carry them are refused. */
async function understands(
  connection: Connection,
  namespace: string,
  names: readonly SearchAttributeName[],
): Promise<boolean> {
  const query = names.map((name) => `${name} IS NULL`).join(' AND ');
  try {
    await connection.workflowService.countWorkflowExecutions({ namespace, query });
    return true;
  } catch (error) {
    if (isInvalidArgument(error)) return false;
    throw error;
  }
}

function refuseWrongTypes(namespace: string, { wrongSearchAttributes }: ClusterState): void {
  if (wrongSearchAttributes.length === 0) return;
  throw new SetUpError(
    `Search attributes of namespace ${namespace} have another type than they must have: ` +
      `${wrongSearchAttributes.join('; ')}. A type cannot be changed: use another namespace, or remove the attribute ` +
      'with `temporal operator search-attribute remove`; a development database can simply be deleted.',
  );
}

/** Days, or null when there is no such namespace. */
async function readRetention(connection: Connection, namespace: string): Promise<number | null> {
  try {
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / secondsPerDay;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

async function readSearchAttributes(connection: Connection, namespace: string): Promise<Record<string, number>> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return customAttributes;
}

/** The number that the protocol has for a type of search attributes. */
function toProtocol(type: keyof typeof attributeTypeWords) {
  const number = encodeSearchAttributeIndexedValueType(type);
  if (number === undefined) throw new TypeError(`The protocol knows no search attributes of type ${type}`);
  return number;
}

function wordFor(protocolType: number): string {
  const name = namesOf(attributeTypeWords).find((type) => toProtocol(type) === protocolType);
  return name === undefined ? `number ${protocolType}` : attributeTypeWords[name];
}

const isNotFound = (error: unknown): boolean => hasCode(error, notFound);
const isInvalidArgument = (error: unknown): boolean => hasCode(error, invalidArgument);

function hasCode(error: unknown, wanted: number): boolean {
  if (!isGrpcServiceError(error)) return false;
  const code: number = error.code;
  return code === wanted;
}

/** `Object.keys` of an object whose keys are all known. */
function namesOf<Key extends string>(object: Readonly<Record<Key, unknown>>): Key[] {
  const isKey = (name: string): name is Key => Object.hasOwn(object, name);
  return Object.keys(object).filter(isKey);
}
