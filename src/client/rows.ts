/** Rows of lists, from what visibility has of a workflow: its search attributes and its memo. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { z } from 'zod';
import { isFaultCode, type FaultCode } from '../model/fault.ts';
import type { InstanceDetails } from '../model/instance-memo.ts';
import type { Flavor } from '../model/instance.ts';
import { searchAttributes, type SearchAttributeName } from '../model/search-attributes.ts';

/** A row of a list of instances. */
export interface InstanceRow extends InstanceDetails {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly vmState: string;
  readonly taskState: string | null;
  /** Admins only. */
  readonly host: string | null;
  readonly image: string | null;
  readonly userId: string | null;
  readonly powerState: string | null;
  readonly flavor: Flavor | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A row of a list of tasks. */
export interface TaskRow {
  readonly id: string;
  readonly operation: string;
  readonly status: string;
  readonly taskState: string | null;
  readonly instanceId: string;
  readonly instanceName: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly requestId: string;
  /** What its input calls what it makes: an instance, an image. */
  readonly makes: string | null;
  readonly createdAt: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

function keyword({ typedSearchAttributes }: WorkflowExecutionInfo, name: SearchAttributeName): string | null {
  const type = searchAttributes[name];
  if (type === 'KEYWORD' || type === 'TEXT')
    return typedSearchAttributes.get<'KEYWORD' | 'TEXT'>({ name, type }) ?? null;
  return null;
}

function time({ typedSearchAttributes, startTime }: WorkflowExecutionInfo, name: SearchAttributeName): string {
  return (typedSearchAttributes.get({ name, type: 'DATETIME' }) ?? startTime).toISOString();
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const flavorInMemo = z.object({ name: z.string(), vcpus: z.int(), memoryMb: z.int(), diskGb: z.int() });

const detailsInMemo = z.object({
  launchedAt: z.string().nullable(),
  terminatedAt: z.string().nullable(),
  description: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  tags: z.array(z.string()),
  locked: z
    .object({
      by: z.string(),
      reason: z.string().nullable(),
      at: z.string(),
      forAdmins: z.boolean().exactOptional(),
    })
    .nullable(),
  volumes: z.array(z.object({ volume: z.string(), device: z.string() })),
  interfaces: z.array(
    z.object({ port: z.string(), network: z.string(), mac: z.string(), fixedIp: z.string().exactOptional() }),
  ),
  requestedBy: z.string().nullable(),
  fault: z.object({ code: z.custom<FaultCode>(isFaultCode), message: z.string(), created: z.string() }).nullable(),
  hostname: z.string().exactOptional(),
  keyName: z.string().exactOptional(),
  hasConfigDrive: z.literal(true).exactOptional(),
  accessIPv4: z.string().exactOptional(),
  accessIPv6: z.string().exactOptional(),
});

/** An instance of a list, written down elsewhere. */
export const instanceRowSchema = detailsInMemo.extend({
  id: z.string(),
  name: z.string(),
  projectId: z.string(),
  vmState: z.string(),
  host: z.string().nullable(),
  image: z.string().nullable(),
  userId: z.string().nullable(),
  powerState: z.string().nullable(),
  flavor: flavorInMemo.nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
}) satisfies z.ZodType<Omit<InstanceRow, 'taskState'>>;

const unknownDetails: InstanceDetails = {
  launchedAt: null,
  terminatedAt: null,
  description: null,
  metadata: {},
  tags: [],
  locked: null,
  volumes: [],
  interfaces: [],
  requestedBy: null,
  fault: null,
};

/** A row of a list of instances, of the workflow of one. */
export function toInstanceRow(info: WorkflowExecutionInfo): Omit<InstanceRow, 'taskState'> {
  const { image, userId, powerState, flavor, details }: Record<string, unknown> = info.memo ?? {};
  return {
    id: keyword(info, 'InstanceId') ?? info.workflowId,
    name: keyword(info, 'InstanceName') ?? '',
    projectId: keyword(info, 'ProjectId') ?? '',
    vmState: keyword(info, 'VmState') ?? '',
    host: keyword(info, 'Host'),
    image: text(image),
    userId: text(userId),
    powerState: text(powerState),
    flavor: flavorInMemo.safeParse(flavor).data ?? null,
    createdAt: time(info, 'CreatedAt'),
    updatedAt: time(info, 'UpdatedAt'),
    // A memo may be from another version of this program.
    ...(detailsInMemo.safeParse(details).data ?? unknownDetails),
  };
}

/** What the workflow's own status does not say is in the attribute; a task that was ended from outside could not say it. */
function statusOf(info: WorkflowExecutionInfo): string {
  const { name } = info.status;
  if (name !== 'RUNNING' && name !== 'COMPLETED') return 'FAILED';
  return keyword(info, 'TaskStatus') ?? name;
}

/** A row of a list of tasks, of the workflow of one. */
export function toTaskRow(info: WorkflowExecutionInfo): TaskRow {
  return {
    id: info.workflowId.slice('task/'.length),
    operation: info.type,
    status: statusOf(info),
    taskState: keyword(info, 'TaskState'),
    instanceId: keyword(info, 'InstanceId') ?? '',
    instanceName: keyword(info, 'InstanceName') ?? '',
    actor: keyword(info, 'Actor') ?? '',
    reason: keyword(info, 'Reason'),
    requestId: keyword(info, 'RequestId') ?? '',
    makes: text(info.memo?.['name']),
    createdAt: text(info.memo?.['createdAt']) ?? info.startTime.toISOString(),
    startedAt: info.startTime.toISOString(),
    endedAt: info.closeTime?.toISOString() ?? null,
  };
}
