/** Configurations of hosts with libvirt. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseDocument } from 'yaml';
import { createDriver } from '../../activities/drivers/index.ts';
import { loadConfiguration, type Configuration } from '../../src/dev/configuration.ts';

let folder: string;
let written: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'instance-tasks-'));
  written = await readFile('temporal-dev.yml', 'utf8');
});
afterAll(() => rm(folder, { recursive: true }));

/** The project's own configuration with these hosts, and this section on libvirt. */
async function withHosts(hosts: Record<string, object>, libvirt: object | undefined): Promise<Configuration> {
  const document = parseDocument(written);
  document.set('hosts', hosts);
  if (libvirt !== undefined) document.set('libvirt', libvirt);
  document.delete('simulated');
  const file = join(folder, 'libvirt.yml');
  await writeFile(file, String(document));
  return loadConfiguration(file);
}

const size = { vcpus: 2, memory_mb: 1_024, disk_gb: 10 };
const store = { images: 'images', volumes: '/srv/volumes' };

describe('a configuration of hosts with libvirt', () => {
  test('tells the driver of a host what all have in common, and how it reaches its peers', async () => {
    const { hosts, simulatedDirectory } = await withHosts(
      {
        a: { driver: 'libvirt', ...size, uri: 'qemu:///system', peer_uri: 'qemu+tls://a/system', directory: '/srv/a' },
        b: { driver: 'libvirt', ...size, uri: 'qemu+tls://b/system', directory: 'b', guests_that_stop: 'start' },
      },
      {
        ...store,
        virtualisation: 'qemu',
        bridge: 'br0',
        direct_boot: { kernel: 'vmlinuz', initrd: 'initrd.img', command_line: 'console=ttyS0' },
      },
    );
    expect(simulatedDirectory).toBeNull();
    const shared = {
      images: join(folder, 'images'),
      volumes: '/srv/volumes',
      virtualisation: 'qemu',
      network: { type: 'bridge', bridge: 'br0' },
      directBoot: {
        kernel: join(folder, 'vmlinuz'),
        initrd: join(folder, 'initrd.img'),
        commandLine: 'console=ttyS0',
      },
    };
    const capacity = { vcpus: 2, memoryMb: 1_024, diskGb: 10 };
    const a = { uri: 'qemu:///system', directory: '/srv/a' };
    const b = { uri: 'qemu+tls://b/system', directory: join(folder, 'b') };
    const toA = { uri: 'qemu+tls://a/system', directory: '/srv/a' };
    expect(hosts).toEqual([
      {
        name: 'a',
        capacity,
        startsGuestsAgain: false,
        driver: 'libvirt',
        driverOptions: { ...shared, ...a, peers: { b } },
      },
      {
        name: 'b',
        capacity,
        startsGuestsAgain: true,
        driver: 'libvirt',
        driverOptions: { ...shared, ...b, peers: { a: toA } },
      },
    ]);
    for (const { name, driver, driverOptions } of hosts) {
      expect(() => createDriver(driver, name, driverOptions)).not.toThrow();
    }
  });

  test('may have daemons of its own, whose sockets have short paths wherever the file is', async () => {
    const { hosts } = await withHosts(
      {
        'host-1': { driver: 'libvirt', ...size, directory: 'one' },
        'host-2': { driver: 'libvirt', ...size, directory: 'two' },
      },
      { ...store, daemons: 'a-folder/whose-name-is-far-too-long-for-the-sockets-of-libvirt/and-of-qemu/daemons' },
    );
    const [one, two] = hosts.flatMap(({ driver, driverOptions }) => (driver === 'libvirt' ? [driverOptions] : []));
    const folderOf = (uri = '') => /^qemu\+unix:\/\/\/session\?socket=(.*)\/run\/libvirt\/libvirt-sock$/.exec(uri)?.[1];
    for (const options of [one, two]) expect(folderOf(options?.uri)?.length).toBeLessThanOrEqual(23);
    expect(one?.uri).not.toBe(two?.uri);
    expect(one?.peers?.['host-2']).toEqual({
      uri: two?.uri,
      directory: join(folder, 'two'),
      sockets: expect.stringMatching(/^\/.{1,30}$/),
    });
  });

  const host = { driver: 'libvirt', ...size, uri: 'qemu:///system', directory: '/srv/guests' };
  test.each([
    ['a section on libvirt', { a: host }, undefined, 'libvirt: is missing', 'for a is libvirt'],
    ['no directory', { a: { ...host, directory: undefined } }, store, 'hosts.a.directory: is missing', 'a path'],
    ['no URI, nor daemons', { a: { ...host, uri: undefined } }, store, 'hosts.a.uri: is missing', 'libvirt.daemons'],
    ['latency', { a: { ...host, latency: {} } }, store, 'hosts.a.latency: unknown key', 'known here: driver, vcpus'],
    [
      'the directory of another host',
      { a: host, b: { ...host, uri: 'qemu+tls://b/system' } },
      store,
      'hosts.b.directory: is wrong: "/srv/guests"',
      'another one than that of a',
    ],
    [
      'the daemon of another host',
      { a: host, b: { ...host, directory: '/srv/b' } },
      store,
      'hosts.b.uri: is wrong: "qemu:///system"',
      'another one than that of a; where the same URI means',
    ],
    ['nowhere to find images', { a: host }, { volumes: '/srv' }, 'libvirt.images: is missing', 'a path, relative'],
    ['another way to virtualise', { a: host }, { ...store, virtualisation: 'xen' }, 'is wrong: "xen"', 'kvm, or qemu'],
  ])('is refused with %s in the wrong place or missing', async (_what, hosts, libvirt, place, right) => {
    const refused = withHosts(hosts, libvirt);
    await expect(refused).rejects.toThrow(place);
    await expect(refused).rejects.toThrow(right);
  });
});

describe('the configuration with libvirt that the project has', () => {
  test('is that of the project with two hosts of daemons that npm start starts', async () => {
    const { hosts, daemons, simulatedDirectory, namespace, server } = await loadConfiguration('temporal-libvirt.yml');
    const usual = await loadConfiguration('temporal-dev.yml');
    expect(hosts.map(({ name, driver }) => [name, driver])).toEqual([
      ['host-1', 'libvirt'],
      ['host-2', 'libvirt'],
    ]);
    expect(daemons?.hosts).toEqual(['host-1', 'host-2']);
    expect(simulatedDirectory).toBeNull();
    expect(namespace.name).not.toBe(usual.namespace.name);
    expect(server).toEqual(usual.server);
  });
});
