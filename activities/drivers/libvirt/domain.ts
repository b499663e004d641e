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
  const free = freeDevices(volumes);
  const disks = [disk, ...otherDisks].map((each, index) =>
    fileDisk(diskFile(directory, instanceId, each), free[index] ?? '', each.slice(0, 20), null),
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

const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
const devices = ['', 'a'].flatMap((first) => letters.map((letter) => `vd${first}${letter}`));

/** For the disks of the instance itself: a volume may have the name that the second one usually has. */
function freeDevices(volumes: readonly VolumeAttachment[]): string[] {
  const taken = new Set(volumes.map(deviceOf));
  return devices.filter((name) => !taken.has(name));
}

const deviceOf = ({ device }: VolumeAttachment): string => device.replace('/dev/', '');

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

/** With this libvirt has the names begin that users give, and leaves them alone. */
const aliasPrefix = 'ua-';

/** Names of our own for devices: libvirt has each once, so that plugging can be repeated. It takes no others than such. */
const aliasOf = (id: string): string =>
  `${aliasPrefix}${/^[A-Za-z0-9_-]+$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 32)}`;

const volumeDisk = ({ volumes }: LibvirtOptions, attachment: VolumeAttachment, alias = aliasOf(attachment.volume)) =>
  fileDisk(volumeFile(volumes, attachment.volume), deviceOf(attachment), attachment.volume.slice(0, 20), alias);

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
export const toVolumeDevice = (options: LibvirtOptions, volume: VolumeAttachment, alias: string): string =>
  builder.build({ disk: volumeDisk(options, volume, alias) });
export const toInterfaceDevice = (options: LibvirtOptions, each: NetworkInterface): string =>
  builder.build({ interface: interfaceOf(options, each) });
export const deviceAlias = aliasOf;

const device = z.looseObject({ alias: z.looseObject({ '@name': z.string() }).optional() });
// A drive may be empty.
const file = z.looseObject({ '@file': z.string().default(''), '@ready': z.string().optional() });
const diskDevice = device.extend({
  '@device': z.string().default('disk'),
  target: z.looseObject({ '@dev': z.string() }),
  source: file.optional(),
  mirror: file.optional(),
});
const domainSchema = z.object({
  domain: z.looseObject({
    metadata: metadataSchema,
    devices: z.looseObject({ disk: z.array(diskDevice).default([]), interface: z.array(device).default([]) }),
  }),
});

/** A disk that we have named. */
export interface NamedDisk {
  readonly alias: string;
  /** As `vdb`. */
  readonly device: string;
  readonly file: string;
  /** What it is being copied to; ready when all that is written goes to both. */
  readonly mirror: { readonly file: string; readonly ready: boolean } | null;
}

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
  readonly namedDisks: readonly NamedDisk[];
  /** The disks of the instance itself, as it names them, and the volumes that it has. */
  readonly ownDisks: readonly string[];
  readonly volumes: readonly VolumeAttachment[];
}

export function readDomain(xml: string): ReadDomain {
  const { metadata, devices } = domainSchema.parse(parser.parse(xml)).domain;
  const namedDisks = devices.disk.flatMap(toNamedDisk);
  return {
    noted: metadata?.noted ?? null,
    guest: metadata?.guest ?? null,
    aliases: { disk: ownAliases(devices.disk), interface: ownAliases(devices.interface) },
    disks: devices.disk.map(({ target }) => target['@dev']),
    namedDisks,
    ownDisks: devices.disk
      .filter((disk) => disk['@device'] === 'disk' && toNamedDisk(disk).length === 0)
      .map(({ source }) => idOfFile(source?.['@file'] ?? '')),
    // After a swap it is another volume than its disk is named after.
    volumes: namedDisks.map(({ file: path, device: name }) => ({ volume: idOfFile(path), device: `/dev/${name}` })),
  };
}

function toNamedDisk({ alias, target, source, mirror }: z.infer<typeof diskDevice>): NamedDisk[] {
  const name = alias?.['@name'] ?? '';
  if (!isOwn(name)) return [];
  const copy = mirror === undefined ? null : { file: mirror['@file'], ready: mirror['@ready'] === 'yes' };
  return [{ alias: name, device: target['@dev'], file: source?.['@file'] ?? '', mirror: copy }];
}

const isOwn = (alias: string): boolean => alias.startsWith(aliasPrefix);

const ownAliases = (devices: readonly z.infer<typeof device>[]): string[] =>
  devices.map(({ alias }) => alias?.['@name'] ?? '').filter(isOwn);

/** What the file of a disk or a volume is named after. */
const idOfFile = (path: string): string => basename(path, '.qcow2');

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
