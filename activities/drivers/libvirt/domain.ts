/** Domain definitions: how libvirt is told of a guest, and how that is read back. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { z } from 'zod';
import type { NetworkInterface, VolumeAttachment } from '../../../src/model/attachments.ts';
import type { NotedGuest } from '../../../src/model/noted-guest.ts';
import type { GuestDefinition } from '../../../src/operations/units/index.ts';
import type { Opened } from '../driver.ts';
import { configDriveFile, consoleFile, diskFile, domainName, volumeFile } from './layout.ts';
import { metadataOf, metadataSchema, type Noted } from './metadata.ts';
import type { LibvirtOptions } from './options.ts';
import { builder, parser } from './xml.ts';

/** The whole definition of a guest. */
export function toDomain(options: LibvirtOptions, definition: Opened<GuestDefinition>, noted: Noted): string {
  const { name, flavor, disk, otherDisks = [], volumes = [], interfaces = [], configDrive } = definition;
  const { directory, virtualisation, machine } = options;
  const { instanceId } = noted;
  const disks = [disk, ...otherDisks].map((each, index) =>
    fileDisk(diskFile(directory, instanceId, each), `vd${'abcdefgh'.charAt(index)}`, each.slice(0, 20), null),
  );
  return builder.build({
    domain: {
      '@type': virtualisation,
      name: domainName(instanceId),
      uuid: instanceId,
      // What people call it, for whoever looks at the hypervisor.
      title: titleOf(name),
      metadata: metadataOf(noted, definition),
      memory: { '@unit': 'MiB', '#text': flavor.memoryMb },
      vcpu: flavor.vcpus,
      os: { type: { '@arch': 'x86_64', '@machine': machine, '#text': 'hvm' }, ...bootOf(options) },
      features: { acpi: '' },
      ...(virtualisation === 'qemu' && { cpu: { '@mode': 'custom', '@match': 'exact', model: 'qemu64' } }),
      on_poweroff: 'destroy',
      on_reboot: 'restart',
      on_crash: 'destroy',
      devices: {
        disk: [
          ...disks,
          ...volumes.map((volume) => volumeDisk(options, volume)),
          ...(configDrive === undefined ? [] : [configDriveDisk(configDriveFile(directory, instanceId))]),
        ],
        interface: [firstInterface(options, instanceId), ...interfaces.map((each) => interfaceOf(options, each))],
        serial: {
          '@type': 'pty',
          log: { '@file': consoleFile(directory, instanceId), '@append': 'on' },
          target: { '@port': '0' },
        },
        channel: { '@type': 'unix', target: { '@type': 'virtio', '@name': 'org.qemu.guest_agent.0' } },
        controller: [
          { '@type': 'usb', '@model': 'none' },
          ...(configDrive === undefined ? [] : [{ '@type': 'scsi', '@model': 'virtio-scsi' }]),
        ],
        memballoon: { '@model': 'none' },
        panic: { '@model': 'isa' },
      },
    },
  });
}

/** Of what people may call an instance, what XML can say, and libvirt takes: one line. */
const titleOf = (name: string): string =>
  name.replaceAll(/\s+/g, ' ').replaceAll(/[^\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');

const bootOf = ({ directBoot }: LibvirtOptions) =>
  directBoot === undefined
    ? { boot: { '@dev': 'hd' } }
    : { kernel: directBoot.kernel, initrd: directBoot.initrd, cmdline: directBoot.commandLine };

const fileDisk = (file: string, device: string, serial: string, alias: string | null) => ({
  '@type': 'file',
  '@device': 'disk',
  driver: { '@name': 'qemu', '@type': 'qcow2', '@cache': 'writeback', '@discard': 'unmap' },
  source: { '@file': file },
  target: { '@dev': device, '@bus': 'virtio' },
  serial,
  ...(alias !== null && { alias: { '@name': alias } }),
});

/** A disc that is only read. By virtio: kernels that are made for clouds have no other drives. */
const configDriveDisk = (file: string) => ({
  '@type': 'file',
  '@device': 'cdrom',
  driver: { '@name': 'qemu', '@type': 'raw' },
  source: { '@file': file },
  target: { '@dev': 'sda', '@bus': 'scsi' },
  readonly: '',
});

/** Names of our own for devices: libvirt has each once, so that plugging can be repeated. */
const aliasOf = (id: string): string => `ua-${id}`;

const volumeDisk = ({ volumes }: LibvirtOptions, { volume, device }: VolumeAttachment) =>
  fileDisk(volumeFile(volumes, volume), device.replace('/dev/', ''), volume.slice(0, 20), aliasOf(volume));

const interfaceOf = (options: LibvirtOptions, { port, mac }: Pick<NetworkInterface, 'port' | 'mac'>) => ({
  ...sourceOf(options),
  mac: { '@address': mac },
  model: { '@type': 'virtio' },
  alias: { '@name': aliasOf(port) },
});

const sourceOf = ({ network }: LibvirtOptions) =>
  network.type === 'user' ? { '@type': 'user' } : { '@type': 'bridge', source: { '@bridge': network.bridge } };

/** In QEMU's range, and the same at each definition. */
const firstInterface = (options: LibvirtOptions, instanceId: string) =>
  interfaceOf(options, {
    port: 'first',
    mac: ['52:54:00', ...(instanceId.match(/[0-9a-f]{2}/gi) ?? []).slice(0, 3)].join(':').toLowerCase(),
  });

/** One device, as `virsh attach-device` takes it. */
export const toVolumeDevice = (options: LibvirtOptions, volume: VolumeAttachment): string =>
  builder.build({ disk: volumeDisk(options, volume) });
export const toInterfaceDevice = (options: LibvirtOptions, each: NetworkInterface): string =>
  builder.build({ interface: interfaceOf(options, each) });
export const deviceAlias = aliasOf;

const device = z.looseObject({ alias: z.looseObject({ '@name': z.string() }).optional() });
const diskDevice = device.extend({
  '@device': z.string().default('disk'),
  // A drive may be empty.
  source: z.looseObject({ '@file': z.string().default('') }).optional(),
  target: z.looseObject({ '@dev': z.string() }),
});
const domainSchema = z.object({
  domain: z.looseObject({
    metadata: metadataSchema,
    devices: z.looseObject({ disk: z.array(diskDevice).default([]), interface: z.array(device).default([]) }),
  }),
});

/** What matters here of a definition as libvirt gives it back. */
export interface ReadDomain {
  /** Null of a guest that is not ours. */
  readonly noted: Noted | null;
  /** What is noted of its instance; null also where an earlier version has defined it. */
  readonly guest: NotedGuest | null;
  /** Aliases of its devices that we have named, by kind. */
  readonly aliases: { readonly disk: readonly string[]; readonly interface: readonly string[] };
  /** Names of its disks, as `vda`; the first one is that of the instance. */
  readonly disks: readonly string[];
  /** The disks of the instance itself, as it names them, and the volumes that it has. */
  readonly ownDisks: readonly string[];
  readonly volumes: readonly VolumeAttachment[];
}

export function readDomain(xml: string): ReadDomain {
  const { metadata, devices } = domainSchema.parse(parser.parse(xml)).domain;
  return {
    noted: metadata?.noted ?? null,
    guest: metadata?.guest ?? null,
    aliases: { disk: ownAliases(devices.disk), interface: ownAliases(devices.interface) },
    disks: devices.disk.map(({ target }) => target['@dev']),
    ownDisks: devices.disk
      .filter((disk) => disk['@device'] === 'disk' && ownAliases([disk]).length === 0)
      .map(({ source }) => basename(source?.['@file'] ?? '', '.qcow2')),
    volumes: devices.disk.flatMap((disk) =>
      ownAliases([disk]).map((alias) => ({ volume: idOfAlias(alias), device: `/dev/${disk.target['@dev']}` })),
    ),
  };
}

const ownAliases = (devices: readonly z.infer<typeof device>[]): string[] =>
  devices.map(({ alias }) => alias?.['@name'] ?? '').filter((name) => name.startsWith(aliasOf('')));

/** Of which volume or port a device is. */
const idOfAlias = (alias: string): string => alias.slice(aliasOf('').length);

/** Tells one definition from another. */
export const digestOf = (definition: Opened<GuestDefinition>): string =>
  createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 32);

/** What a backup of one of these disks to a file is to be, as `virsh backup-begin` takes it. */
export const toBackup = (disks: readonly string[], disk: string, file: string): string =>
  builder.build({
    domainbackup: {
      '@mode': 'push',
      disks: {
        disk: disks.map((name) =>
          name === disk
            ? {
                '@name': name,
                '@type': 'file',
                '@backup': 'yes',
                driver: { '@type': 'qcow2' },
                target: { '@file': file },
              }
            : { '@name': name, '@backup': 'no' },
        ),
      },
    },
  });

/** A definition in which files are elsewhere, as `moved` says: those that begin so begin otherwise then. */
export const withFilesMoved = (xml: string, moved: readonly (readonly [from: string, to: string])[]): string =>
  moved.reduce((text, [from, to]) => text.replaceAll(escaped(from), () => escaped(to)), xml);

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>'"]/g, (character) => escapes[character] ?? character);
