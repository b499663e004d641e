/** The hosts of a configuration, each as its driver takes it. */
import type { z } from 'zod';
import type { libvirtOptionsSchema } from '../../activities/drivers/libvirt/options.ts';
import type { simulatedOptionsSchema } from '../../activities/drivers/simulated/options.ts';
import type { Resources } from '../model/host.ts';
import type { ConfigurationFile } from './configuration.schema.ts';
import type { LibvirtHost, SimulatedHost } from './hypervisors.schema.ts';
import { ownDaemonUri, ownSockets, type OwnDaemons } from './own-daemons.ts';

type SimulatedOptions = z.input<typeof simulatedOptionsSchema>;
type LibvirtOptions = z.input<typeof libvirtOptionsSchema>;

/** A host, and what its driver is told. Paths are absolute. */
export type HostConfiguration = HostInCommon &
  (
    | { readonly driver: 'simulated'; readonly driverOptions: SimulatedOptions }
    | { readonly driver: 'libvirt'; readonly driverOptions: LibvirtOptions }
  );

interface HostInCommon {
  readonly name: string;
  readonly capacity: Resources;
  /** Whether guests that stop by themselves are started again. */
  readonly startsGuestsAgain: boolean;
}

type Simulated = NonNullable<ConfigurationFile['simulated']>;
type Libvirt = NonNullable<ConfigurationFile['libvirt']>;
type Absolute = (path: string) => string;

export function toHosts(
  { hosts, simulated, libvirt }: Pick<ConfigurationFile, 'hosts' | 'simulated' | 'libvirt'>,
  absolute: Absolute,
): HostConfiguration[] {
  return Object.entries(hosts).map(([name, host]) => {
    const capacity = toResources(host);
    const startsGuestsAgain = host.guests_that_stop === 'start';
    const common = { name, capacity, startsGuestsAgain };
    return host.driver === 'libvirt'
      ? { ...common, driver: 'libvirt', driverOptions: toLibvirt(name, hosts, given(libvirt), absolute) }
      : { ...common, driver: 'simulated', driverOptions: toSimulated(host, given(simulated), absolute) };
  });
}

export const simulatedIn = (hosts: ConfigurationFile['hosts']): boolean =>
  Object.values(hosts).some(({ driver = 'simulated' }) => driver === 'simulated');

/** The daemons of hosts that have none of somebody else's. */
export function toOwnDaemons(
  { hosts, libvirt }: Pick<ConfigurationFile, 'hosts' | 'libvirt'>,
  absolute: Absolute,
): OwnDaemons | null {
  const own = Object.entries(hosts).flatMap(([name, host]) =>
    host.driver === 'libvirt' && host.uri === undefined ? [{ name, directory: absolute(host.directory) }] : [],
  );
  if (libvirt?.daemons === undefined || own.length === 0) return null;
  const { daemons, images, volumes, direct_boot: boot } = libvirt;
  return {
    folder: absolute(daemons),
    hosts: own.map(({ name }) => name),
    directories: own.map(({ directory }) => directory),
    images: absolute(images),
    volumes: absolute(volumes),
    kernel: boot === undefined ? null : absolute(boot.kernel),
  };
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
