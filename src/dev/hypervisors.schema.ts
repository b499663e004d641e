/** Which hosts there are, and how their hypervisors are reached: the sections `hosts`, `simulated` and `libvirt`. */
import { z } from 'zod';
import { hostUnits, type HostUnitName } from '../operations/units/index.ts';
import { catalogue, duration, path, section, text, wholeNumber } from './sections.ts';

export const resources = { vcpus: wholeNumber(1), memory_mb: wholeNumber(1), disk_gb: wholeNumber(1) };

const latencyKeys = ['default', ...Object.keys(hostUnits)];
const isLatencyKey = (key: unknown): key is HostUnitName | 'default' =>
  typeof key === 'string' && latencyKeys.includes(key);
const latencyKey = z.custom<HostUnitName | 'default'>(isLatencyKey, { error: `known here: ${latencyKeys.join(', ')}` });
const latency = z.partialRecord(latencyKey, duration, { error: 'a mapping from units of work to durations' });

/** What all simulated hosts have in common. */
export const simulated = section({ directory: path, latency: latency.optional() });

/** What all hosts with libvirt have in common. */
export const libvirt = section({
  images: path,
  volumes: path,
  /** Where hosts without a `uri` have daemons of their own, which `npm start` starts. */
  daemons: path.optional(),
  virtualisation: z.enum(['kvm', 'qemu'], { error: 'kvm, or qemu for guests without hardware support' }).optional(),
  machine: text("one of QEMU's machines, such as pc or q35").optional(),
  bridge: text('a bridge of the hosts; where it is left out, guests have a network of QEMU’s own').optional(),
  direct_boot: section({ kernel: path, initrd: path, command_line: text('what the kernel is told') }).optional(),
  /** For several daemons on one machine: live migrations go through sockets there. */
  sockets: path.optional(),
  virsh: text('the program, where it is not found by its name').optional(),
});

const uri = text('a URI of libvirt’s, such as qemu:///system');

const simulatedHost = section({
  driver: z.literal('simulated').optional(),
  ...resources,
  latency: latency.optional(),
});
const libvirtHost = section({
  driver: z.literal('libvirt'),
  ...resources,
  uri: uri.optional(),
  /** How other hosts reach its daemon, where that is not by the same URI. */
  peer_uri: uri.optional(),
  directory: path,
});

export type SimulatedHost = z.output<typeof simulatedHost>;
export type LibvirtHost = z.output<typeof libvirtHost>;

/** Every host, with the driver that reaches its hypervisor. */
export const hosts = catalogue(
  'hosts',
  z.discriminatedUnion('driver', [simulatedHost, libvirtHost], {
    error: 'a mapping whose driver is one of simulated, libvirt',
  }),
);

interface Hypervisors {
  readonly hosts: z.output<typeof hosts>;
  readonly simulated?: z.output<typeof simulated> | undefined;
  readonly libvirt?: z.output<typeof libvirt> | undefined;
}

/** What is found only by looking at several places at once. */
export function checkHypervisors({ hosts, ...shared }: Hypervisors, context: z.core.$RefinementCtx): void {
  const complain = (path: string[], input: unknown, message: string) =>
    context.addIssue({ code: 'custom', path, input, message });
  for (const [name, { driver = 'simulated' }] of Object.entries(hosts)) {
    if (shared[driver] !== undefined) continue;
    complain([driver], undefined, `a section with what all such hosts have in common, for ${name} is ${driver}`);
    return;
  }
  const { libvirt } = shared;
  if (libvirt === undefined) return;
  const known = new Map<string, string>();
  /** Two hosts are not the same. */
  const single = (name: string, key: string, value: string, hint: string) => {
    const other = known.get(`${key} ${value}`);
    if (other !== undefined) complain(['hosts', name, key], value, `another one than that of ${other}${hint}`);
    known.set(`${key} ${value}`, name);
  };
  for (const [name, host] of Object.entries(hosts)) {
    if (host.driver !== 'libvirt') continue;
    single(name, 'directory', host.directory, ': each host has its own');
    const { uri, peer_uri: peerUri } = host;
    if (uri !== undefined) {
      const reached = peerUri ?? uri;
      single(
        name,
        'uri',
        reached,
        '; where the same URI means another daemon on another machine, peer_uri says how hosts reach it from elsewhere',
      );
    } else if (libvirt.daemons === undefined) {
      complain(
        ['hosts', name, 'uri'],
        undefined,
        'the URI of its daemon, such as qemu:///system, or libvirt.daemons for daemons of their own',
      );
    }
  }
}
