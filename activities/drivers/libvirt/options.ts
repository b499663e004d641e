import { z } from 'zod';

const folder = z.string().min(1);

const network = z.discriminatedUnion('type', [
  /** QEMU's own; guests reach out, and nobody reaches them. */
  z.strictObject({ type: z.literal('user') }),
  z.strictObject({ type: z.literal('bridge'), bridge: z.string().min(1) }),
]);

/** Starts guests without a boot loader. */
const kernel = z.strictObject({ kernel: z.string().min(1), initrd: z.string().min(1), commandLine: z.string() });

/** Another host: how its daemon is reached from this one, and where this one sees its files. */
const peer = z.strictObject({
  uri: z.string().min(1),
  directory: folder,
  /** For two daemons on one machine: live migrations go through sockets in this folder, not through the network. */
  sockets: folder.optional(),
});

/** How to reach one libvirt daemon, and where it has its files. */
export const libvirtOptionsSchema = z.strictObject({
  /** As libvirt writes it: `qemu:///system`. */
  uri: z.string().min(1),
  /** Disks of guests, and what is noted of them. */
  directory: folder,
  /** The image store, and the volume store; the same for all hosts. */
  images: folder,
  volumes: folder,
  peers: z.record(z.string(), peer).default({}),
  virtualisation: z.enum(['kvm', 'qemu']).default('kvm'),
  machine: z.string().min(1).default('pc'),
  network: network.default({ type: 'user' }),
  directBoot: kernel.optional(),
  /** `virsh`, where it is not found by its name. */
  virsh: z.string().min(1).default('virsh'),
});
export type LibvirtOptions = z.output<typeof libvirtOptionsSchema>;
