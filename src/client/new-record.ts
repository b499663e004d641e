/** The record that an instance is born with. */
import { interfaceOn } from '../model/attachments.ts';
import { hostnameFor } from '../model/config-drive.ts';
import type { InstanceRecord } from '../model/instance.ts';
import type { TaskRequest } from '../model/task.ts';
import type { CreateInput } from '../operations/create.schema.ts';
import { configSecrets, needsConfigDrive } from '../operations/guest-config.ts';
import type { InstanceState } from '../../workflows/messages.ts';
import { newPortId } from './ids.ts';

export function newRecord(
  { instanceId: id, createdAt, requestId: requestedBy }: TaskRequest,
  input: CreateInput,
  projectId: string,
  userId: string,
): InstanceRecord {
  const { name, flavor, image, networks, description, metadata, tags, hostname, key, accessIPv4, accessIPv6 } = input;
  return {
    id,
    requestedBy,
    name,
    projectId,
    userId,
    vmState: 'building',
    taskState: null,
    powerState: 'NOSTATE',
    flavor,
    image,
    residence: null,
    pendingResize: null,
    vmStateBeforeSuspend: null,
    ...(networks && { interfaces: networks.map((each, index) => interfaceOn(each, newPortId(id, index))) }),
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    ...(tags !== undefined && { tags: [...new Set(tags)].sort() }),
    hostname: hostname ?? hostnameFor(name, id),
    ...(key && { key }),
    ...(needsConfigDrive(input) && { configDrive: configSecrets(input.userData, input.files, input.adminPass) }),
    ...(accessIPv4 !== undefined && { accessIPv4 }),
    ...(accessIPv6 !== undefined && { accessIPv6 }),
    locked: null,
    generation: 0,
    createdAt,
    updatedAt: createdAt,
    launchedAt: null,
    terminatedAt: null,
  };
}

/** The state of its workflow at first. */
export const newState = (instance: InstanceRecord): InstanceState => ({
  schemaVersion: 1,
  instance,
  running: null,
  queue: [],
  log: [],
  fingerprints: [],
  looseEnds: [],
});
