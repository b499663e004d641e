/** A server as Nova's clients read it, in the version that they speak. */
import { createHash } from 'node:crypto';
import { addressOf } from '../network/addresses.ts';
import { findByNameOrId } from '../../model/catalogue.ts';
import { hostnameFor } from '../../model/config-drive.ts';
import { powerStates } from '../../model/states.ts';
import type { ShownFault, ShownServer } from './shown-server.ts';
import { serverStatus } from './server-status.ts';
import { toMicroseconds, toSeconds } from './times.ts';
import type { Viewer } from './viewer.ts';

/** As lists without details have it. */
export const toServerReference = ({ id, name }: Pick<ShownServer, 'id' | 'name'>, viewer: Viewer) => ({
  id,
  name,
  links: linksOf(id, viewer),
});

export const linksOf = (id: string, { base, root }: Viewer) => [
  { rel: 'self', href: `${base}/servers/${id}` },
  { rel: 'bookmark', href: `${root}/servers/${id}` },
];

/** All of it. */
export function toServer(server: ShownServer, viewer: Viewer) {
  const { id, name, projectId, userId, createdAt, updatedAt, metadata, vmState, taskState, fault } = server;
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
    hostId: hostIdOf(projectId, server.host),
    addresses: addressesOf(server, viewer),
    accessIPv4: server.accessIPv4 ?? '',
    accessIPv6: server.accessIPv6 ?? '',
    image: toImage(server, viewer),
    flavor: toEmbeddedFlavor(server, viewer),
    key_name: server.keyName ?? null,
    config_drive: server.hasConfigDrive === true ? 'True' : '',
    links: linksOf(id, viewer),
    ...(showsProgress.has(status) && { progress: 0 }),
    ...(status === 'ERROR' && fault !== null && { fault: toFault(fault, viewer) }),
    ...toExtendedStatus(server),
    ...sinceVersions(server, viewer),
    ...(viewer.isAdmin && forAdmins(server, viewer)),
  };
}

/** What Nova leaves out of its answer to an update or a rebuild up to 2.74. */
const lateExtensions = /^(OS-EXT-|OS-SRV-USG:|os-extended-volumes:|config_drive$|host_status$)/;

/** As Nova answers a request that changes a server. */
export function toChangedServer(server: ShownServer, viewer: Viewer) {
  const { microversion } = viewer;
  const all = toServer(server, viewer);
  if (microversion >= 75) return all;
  const shown = Object.entries(all).filter(
    ([key]) => !lateExtensions.test(key) && (key !== 'key_name' || microversion >= 54),
  );
  const plain = ({ addr, version }: Address) => ({ addr, version });
  const addresses = Object.entries(all.addresses).map(([network, each]) => [network, each.map(plain)] as const);
  return { ...Object.fromEntries(shown), addresses: Object.fromEntries(addresses) };
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
export const hostIdOf = (projectId: string, host: string | null): string =>
  host === null ? '' : createHash('sha224').update(`${projectId}${host}`).digest('hex');

interface Address {
  readonly addr: string;
  readonly version: 4 | 6;
  readonly 'OS-EXT-IPS:type': 'fixed';
  readonly 'OS-EXT-IPS-MAC:mac_addr': string;
}

/** Of interfaces whose address is known here. */
function addressesOf({ interfaces }: ShownServer, { catalogue }: Viewer) {
  const found: Record<string, Address[]> = {};
  for (const each of interfaces) {
    const addr = addressOf(each, catalogue.networks ?? []);
    if (addr === null) continue;
    (found[each.network] ??= []).push({
      addr,
      version: addr.includes(':') ? 6 : 4,
      'OS-EXT-IPS:type': 'fixed',
      'OS-EXT-IPS-MAC:mac_addr': each.mac,
    });
  }
  return found;
}

function toImage({ image }: ShownServer, { catalogue, root }: Viewer) {
  const id = findByNameOrId(catalogue.images, image)?.id ?? image;
  return { id, links: [{ rel: 'bookmark', href: `${root}/images/${id}` }] };
}

/** From 2.47 on the server carries its flavor as it was; before that, a link to it. */
function toEmbeddedFlavor({ flavor }: ShownServer, { microversion, root, catalogue }: Viewer) {
  const { name, vcpus, memoryMb: ram, diskGb: disk } = flavor;
  const id = findByNameOrId(catalogue.flavors, name)?.id ?? name;
  if (microversion < 47) return { id, links: [{ rel: 'bookmark', href: `${root}/flavors/${id}` }] };
  return { original_name: name, vcpus, ram, disk, ephemeral: 0, swap: 0, extra_specs: {} };
}

const toFault = ({ message, created, detail }: ShownFault, { isAdmin }: Viewer) => ({
  code: 500,
  created: toSeconds(created),
  message: message.slice(0, 255),
  ...(isAdmin && detail !== undefined && { details: detail }),
});

const toExtendedStatus = (server: ShownServer) => ({
  'OS-EXT-STS:vm_state': server.vmState,
  'OS-EXT-STS:task_state': server.taskState,
  'OS-EXT-STS:power_state': powerStates[server.powerState],
  'OS-SRV-USG:launched_at': server.launchedAt && toMicroseconds(server.launchedAt),
  'OS-SRV-USG:terminated_at': server.terminatedAt && toMicroseconds(server.terminatedAt),
  'OS-EXT-AZ:availability_zone': server.host === null ? '' : 'nova',
  'OS-DCF:diskConfig': 'MANUAL',
  'os-extended-volumes:volumes_attached': server.volumes.map(({ volume: id }) => ({
    id,
    delete_on_termination: false,
  })),
});

const sinceVersions = (server: ShownServer, { microversion, isList }: Viewer) => ({
  ...(microversion >= 9 && { locked: server.locked !== null }),
  ...(microversion >= 19 && { description: server.description }),
  ...(microversion >= 26 && { tags: server.tags }),
  ...(microversion >= 63 && { trusted_image_certificates: null }),
  ...(microversion >= 71 && !isList && { server_groups: [] }),
  ...(microversion >= 73 && { locked_reason: server.locked?.reason ?? null }),
  ...(microversion >= 90 && { 'OS-EXT-SRV-ATTR:hostname': hostnameOf(server) }),
  ...(microversion >= 96 && { pinned_availability_zone: null }),
});

const forAdmins = (server: ShownServer, { microversion, hostStatus }: Viewer) => ({
  'OS-EXT-SRV-ATTR:host': server.host,
  'OS-EXT-SRV-ATTR:hypervisor_hostname': server.host,
  'OS-EXT-SRV-ATTR:instance_name': `instance-${server.id}`,
  ...(microversion >= 3 && {
    'OS-EXT-SRV-ATTR:hostname': hostnameOf(server),
    'OS-EXT-SRV-ATTR:kernel_id': '',
    'OS-EXT-SRV-ATTR:ramdisk_id': '',
    'OS-EXT-SRV-ATTR:launch_index': 0,
    'OS-EXT-SRV-ATTR:reservation_id': server.requestedBy && reservationOf(server.requestedBy),
    'OS-EXT-SRV-ATTR:root_device_name': server.launchedAt === null ? null : '/dev/vda',
    // It is sealed: nobody is shown it.
    'OS-EXT-SRV-ATTR:user_data': null,
  }),
  ...(microversion >= 16 && { host_status: hostStatus(server.host) }),
});

/** Nova's word for all that one request has asked for. */
export const reservationOf = (requestId: string): string => requestId.replace(/^req-/, 'r-');

/** As it was set, or as it was made of the name by earlier versions. */
const hostnameOf = ({ hostname, name, id }: ShownServer): string => hostname ?? hostnameFor(name, id);
