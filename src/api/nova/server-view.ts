/** A server as Nova's clients read it, in the version that they speak. */
import { createHash } from 'node:crypto';
import type { InstanceFault } from '../../model/instance-action.ts';
import type { InstanceRecord } from '../../model/instance.ts';
import { powerStates } from '../../model/states.ts';
import type { Microversion } from './microversion.ts';
import { serverStatus } from './server-status.ts';
import { toMicroseconds, toSeconds } from './times.ts';

export interface ServerViewer {
  readonly isAdmin: boolean;
  readonly microversion: Microversion;
  /** The address that the client came to. */
  readonly root: string;
}

/** `fault` is the newest one; it is shown while the server is in ERROR. */
export function toServer(instance: InstanceRecord, fault: InstanceFault | null, viewer: ServerViewer) {
  const { id, name, projectId, userId, createdAt, updatedAt, metadata = {}, vmState, taskState } = instance;
  const status = serverStatus(vmState, taskState);
  return {
    id,
    name,
    status,
    tenant_id: projectId,
    user_id: userId,
    created: toSeconds(createdAt),
    updated: toSeconds(updatedAt),
    metadata,
    hostId: hostIdOf(instance),
    addresses: {},
    accessIPv4: '',
    accessIPv6: '',
    image: { id: instance.image, links: [{ rel: 'bookmark', href: `${viewer.root}/images/${instance.image}` }] },
    flavor: toEmbeddedFlavor(instance, viewer),
    key_name: null,
    config_drive: '',
    links: [
      { rel: 'self', href: `${viewer.root}/v2.1/servers/${id}` },
      { rel: 'bookmark', href: `${viewer.root}/servers/${id}` },
    ],
    ...(showsProgress.has(status) && { progress: 0 }),
    ...(status === 'ERROR' && fault !== null && { fault: toFault(fault, viewer) }),
    ...toExtendedStatus(instance),
    ...sinceVersions(instance, viewer),
    ...(viewer.isAdmin && forAdmins(instance, viewer)),
  };
}

const showsProgress: ReadonlySet<string> = new Set([
  'ACTIVE',
  'BUILD',
  'REBUILD',
  'RESIZE',
  'VERIFY_RESIZE',
  'MIGRATING',
]);

/** Tells whether two servers of a project share a host, and not which. */
function hostIdOf({ projectId, residence }: InstanceRecord): string {
  if (residence === null) return '';
  return createHash('sha224').update(`${projectId}${residence.host}`).digest('hex');
}

/** From 2.47 on the server carries its flavor as it was; before that, a link to it. */
function toEmbeddedFlavor({ flavor }: InstanceRecord, { microversion, root }: ServerViewer) {
  const { name, vcpus, memoryMb: ram, diskGb: disk } = flavor;
  if (microversion < 47) return { id: name, links: [{ rel: 'bookmark', href: `${root}/flavors/${name}` }] };
  return { original_name: name, vcpus, ram, disk, ephemeral: 0, swap: 0, extra_specs: {} };
}

const toFault = ({ message, created, detail }: InstanceFault, { isAdmin }: ServerViewer) => ({
  code: 500,
  created: toSeconds(created),
  message: message.slice(0, 255),
  ...(isAdmin && detail !== undefined && { details: detail }),
});

const toExtendedStatus = ({
  vmState,
  taskState,
  powerState,
  launchedAt,
  terminatedAt,
  residence,
  volumes = [],
}: InstanceRecord) => ({
  'OS-EXT-STS:vm_state': vmState,
  'OS-EXT-STS:task_state': taskState,
  'OS-EXT-STS:power_state': powerStates[powerState],
  'OS-SRV-USG:launched_at': launchedAt && toMicroseconds(launchedAt),
  'OS-SRV-USG:terminated_at': terminatedAt && toMicroseconds(terminatedAt),
  'OS-EXT-AZ:availability_zone': residence === null ? '' : 'nova',
  'OS-DCF:diskConfig': 'MANUAL',
  'os-extended-volumes:volumes_attached': volumes.map(({ volume: id }) => ({ id, delete_on_termination: false })),
});

const sinceVersions = (
  { locked = null, description = null, tags = [] }: InstanceRecord,
  { microversion }: ServerViewer,
) => ({
  ...(microversion >= 9 && { locked: locked !== null }),
  ...(microversion >= 19 && { description }),
  ...(microversion >= 26 && { tags }),
  ...(microversion >= 63 && { trusted_image_certificates: null }),
  ...(microversion >= 71 && { server_groups: [] }),
  ...(microversion >= 73 && { locked_reason: locked?.reason ?? null }),
  ...(microversion >= 96 && { pinned_availability_zone: null }),
});

const forAdmins = ({ id, residence }: InstanceRecord, { microversion }: ServerViewer) => ({
  'OS-EXT-SRV-ATTR:host': residence?.host ?? null,
  'OS-EXT-SRV-ATTR:hypervisor_hostname': residence?.host ?? null,
  'OS-EXT-SRV-ATTR:instance_name': `instance-${id}`,
  ...(microversion >= 3 && {
    'OS-EXT-SRV-ATTR:kernel_id': '',
    'OS-EXT-SRV-ATTR:ramdisk_id': '',
    'OS-EXT-SRV-ATTR:launch_index': 0,
    'OS-EXT-SRV-ATTR:user_data': null,
  }),
});
