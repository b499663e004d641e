/** The hosts of a configuration, each as its driver takes it. */
import type { z } from 'zod';
import type { libvirtOptionsSchema } from '../../activities/drivers/libvirt/options.ts';
import type { simulatedOptionsSchema } from '../../activities/drivers/simulated/options.ts';
import type { Resources } from '../model/host.ts';
import type { ConfigurationFile } from './configuration.schema.ts';
import type { LibvirtHost, SimulatedHost } from './hypervisors.schema.ts';
import { ownDaemonUri, ownSockets } from './own-daemons.ts';

type SimulatedOptions = z.input<typeof simulatedOptionsSchema>;
type LibvirtOptions = z.input<typeof libvirtOptionsSchema>;

/** A host, and what its driver is told. Paths are absolute. */
export type HostConfiguration = { readonly name: string; readonly capacity: Resources } & (
  | { readonly driver: 'simulated'; readonly driverOptions: SimulatedOptions }
  | { readonly driver: 'libvirt'; readonly driverOptions: LibvirtOptions }
);

type Simulated = NonNullable<ConfigurationFile['simulated']>;
type Libvirt = NonNullable<ConfigurationFile['libvirt']>;
type Absolute = (path: string) => string;

export function toHosts(
  { hosts, simulated, libvirt }: Pick<ConfigurationFile, 'hosts' | 'simulated' | 'libvirt'>,
  absolute: Absolute,
): HostConfiguration[] {
  return Object.entries(hosts).map(([name, host]) => {
    const capacity = toResources(host);
    return host.driver === 'libvirt'
      ? { name, capacity, driver: 'libvirt', driverOptions: toLibvirt(name, hosts, given(libvirt), absolute) }
      : { name, capacity, driver: 'simulated', driverOptions: toSimulated(host, given(simulated), absolute) };
  });
}

/** Each host of a file that was found to be right has the section of its driver. */
function given<Section>(section: Section | undefined): Section {
  if (section === undefined) throw new Error('a host lacks the section of its driver');
  return section;
}

export const toResources = (size: { vcpus: number; memory_mb: number; disk_gb: number }): Resources => ({
  vcpus: size.vcpus,
  memoryMb: size.memory_mb,
  diskGb: size.disk_gb,
});

function toSimulated(host: SimulatedHost, { directory, latency }: Simulated, absolute: Absolute): SimulatedOptions {
  const { default: usual, ...byUnit } = { ...latency, ...host.latency };
  return { root: absolute(directory), latency: { ...(usual !== undefined && { default: usual }), byUnit } };
}

function toLibvirt(
  name: string,
  hosts: ConfigurationFile['hosts'],
  { images, volumes, virtualisation, machine, bridge, direct_boot: boot, virsh, ...shared }: Libvirt,
  absolute: Absolute,
): LibvirtOptions {
  const daemons = shared.daemons === undefined ? null : absolute(shared.daemons);
  const sockets = socketsOf(shared, daemons, absolute);
  const places = Object.entries(hosts).flatMap(([each, host]) =>
    host.driver === 'libvirt' ? [[each, placeOf(each, host, daemons, absolute)] as const] : [],
  );
  const own = given(places.find(([each]) => each === name)?.[1]);
  const peers = places.filter(([each]) => each !== name);
  return {
    uri: own.uri,
    directory: own.directory,
    images: absolute(images),
    volumes: absolute(volumes),
    peers: Object.fromEntries(
      peers.map(([each, { peerUri, directory }]) => [
        each,
        { uri: peerUri, directory, ...(sockets !== null && { sockets }) },
      ]),
    ),
    ...(virtualisation !== undefined && { virtualisation }),
    ...(machine !== undefined && { machine }),
    ...(bridge !== undefined && { network: { type: 'bridge', bridge } }),
    ...(boot !== undefined && {
      directBoot: { kernel: absolute(boot.kernel), initrd: absolute(boot.initrd), commandLine: boot.command_line },
    }),
    ...(virsh !== undefined && { virsh }),
  };
}

const socketsOf = ({ sockets }: Pick<Libvirt, 'sockets'>, daemons: string | null, absolute: Absolute): string | null =>
  sockets !== undefined ? absolute(sockets) : daemons === null ? null : ownSockets(daemons);

/** How this host reaches its daemon, how others do, and where its guests have their files. */
function placeOf(
  name: string,
  { uri, peer_uri: peerUri, directory }: LibvirtHost,
  daemons: string | null,
  absolute: Absolute,
) {
  const own = uri ?? ownDaemonUri(given(daemons ?? undefined), name);
  return { uri: own, peerUri: peerUri ?? own, directory: absolute(directory) };
}
