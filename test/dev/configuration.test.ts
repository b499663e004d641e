import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseDocument } from 'yaml';
import { createDriver } from '../../activities/drivers/index.ts';
import { ConfigurationError, type ConfigurationProblem } from '../../src/dev/configuration-error.ts';
import { loadConfiguration, type Configuration } from '../../src/dev/configuration.ts';
import { SetUpError } from '../../src/dev/set-up-error.ts';
import { searchAttributes } from '../../src/model/search-attributes.ts';

let folder: string;
let written: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'instance-tasks-'));
  written = await readFile('temporal-dev.yml', 'utf8');
});
afterAll(() => rm(folder, { recursive: true }));

/** The problems of the project's own configuration after one change to its text. */
async function problemsAfter(text: string, replacement: string): Promise<readonly ConfigurationProblem[]> {
  expect(written).toContain(text);
  const file = join(folder, 'changed.yml');
  await writeFile(file, written.replace(text, replacement));
  const error: unknown = await loadConfiguration(file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigurationError)) throw new Error(`no ConfigurationError but ${String(error)}`);
  for (const { line } of error.problems) expect(error.message).toContain(`${file}:${line}: `);
  return error.problems;
}

/** The line of the project's own configuration that has this text. */
const lineOf = (text: string) => written.slice(0, written.indexOf(text)).split('\n').length;

describe('the configuration of the project', () => {
  test('is valid, and its paths are relative to its own folder', async () => {
    const { server, hosts, searchAttributes: declared } = await loadConfiguration('temporal-dev.yml');
    expect(server.database).toBe(join(process.cwd(), '.dev', 'temporal.db'));
    expect(hosts.map(({ name, driver }) => [name, driver])).toEqual([
      ['host-1', 'simulated'],
      ['host-2', 'simulated'],
      ['host-3', 'simulated'],
    ]);
    expect(declared).toEqual(searchAttributes);
  });

  test("has Nova's classic flavors, in the words of the model", async () => {
    const { flavors } = await loadConfiguration('temporal-dev.yml');
    expect(flavors.map(({ name }) => name)).toEqual(['m1.tiny', 'm1.small', 'm1.medium', 'm1.large', 'm1.xlarge']);
    expect(flavors[1]).toEqual({ id: '2', name: 'm1.small', vcpus: 1, memoryMb: 2048, diskGb: 20 });
  });
});

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
        b: { driver: 'libvirt', ...size, uri: 'qemu+tls://b/system', directory: 'b' },
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
      { name: 'a', capacity, driver: 'libvirt', driverOptions: { ...shared, ...a, peers: { b } } },
      { name: 'b', capacity, driver: 'libvirt', driverOptions: { ...shared, ...b, peers: { a: toA } } },
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

describe('a configuration that is wrong', () => {
  test('has its unknown key named with its line and the keys that there are', async () => {
    const problems = await problemsAfter('ui_port: 8233', 'uiport: 8233');
    expect(problems).toContainEqual({
      key: 'server.uiport',
      line: lineOf('ui_port: 8233'),
      message: expect.stringMatching(/^unknown key; known here: ip, port, ui_port, /),
    });
  });

  test('has its missing key named with the line of what should have it', async () => {
    const problems = await problemsAfter('vcpus: 8, memory_mb: 16384, disk_gb: 250', 'vcpus: 8, memory_mb: 16384');
    expect(problems).toEqual([
      {
        key: 'hosts.host-3.disk_gb',
        line: lineOf('host-3:'),
        message: 'is missing; right would be a whole number, 1 or more',
      },
    ]);
  });

  test.each([
    ['  port: 7233', '  port: many', 'is wrong: "many"; right would be a whole number from 1 to 65535'],
    ['ui_port: 8233', 'ui_port: 7233', 'is wrong; right would be another port than that of the server'],
    ['copyDisk: 2s', 'copyDisk: 2 seconds', 'is wrong: "2 seconds"; right would be a duration such as 500ms, 30s'],
    ['copyDisk: 2s', 'copyDisc: 2s', 'unknown key; known here: default, copyDisk, createDisk, '],
    ['retention_days: 7', 'retention_days: 0.5', 'is wrong: 0.5; right would be a whole number, 1 or more'],
    ['resize: { confirmAfterSeconds: 0 }', 'resize: { confirmAfter: 0 }', 'known here: host, confirmAfterSeconds'],
    ['resize: { confirmAfterSeconds: 0 }', 'resize: { confirmAfterSeconds: -1 }', 'right would be integer, 0 to '],
    ['host-3: { driver: simulated', 'host-3: { driver: xen', 'whose driver is one of simulated, libvirt'],
    ['cirros: {}', 'cirros: { status: new }', 'right would be one of active, queued'],
  ])('has "%s" written as "%s" named with what would be right', async (text, replacement, message) => {
    const problems = await problemsAfter(text, replacement);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.line).toBe(lineOf(text));
    expect(problems[0]?.message).toContain(message);
  });

  test('has the section named that its hosts need and it lacks', async () => {
    const problems = await problemsAfter('simulated:\n', 'simulations:\n');
    expect(problems).toContainEqual({
      key: 'simulated',
      line: 1,
      message: expect.stringMatching(/^is missing; right would be a section .* for host-1 is simulated$/),
    });
  });

  test('has a search attribute named that the program uses and the file lacks', async () => {
    expect(await problemsAfter('  VmState: Keyword\n', '')).toEqual([
      {
        key: 'search_attributes.VmState',
        line: lineOf('search_attributes:'),
        message: 'is missing; right would be Keyword, as the program writes it',
      },
    ]);
  });

  test('has a search attribute of another type, or one that the program does not use, named with its line', async () => {
    const [otherType] = await problemsAfter('Reason: Text', 'Reason: Keyword');
    expect(otherType).toMatchObject({ key: 'search_attributes.Reason', line: lineOf('Reason: Text') });
    const [unused] = await problemsAfter('Reason: Text', 'Reason: Text\n  Colour: Keyword');
    expect(unused).toMatchObject({ key: 'search_attributes.Colour', line: lineOf('Reason: Text') + 1 });
  });

  test('has all its problems named at once, in the order of their lines', async () => {
    const problems = await problemsAfter('ip: 127.0.0.1\n  port: 7233', 'ip: nowhere\n  port: -1');
    expect(problems.map(({ key }) => key)).toEqual(['server.ip', 'server.port']);
  });

  test('has a line named also when it is no YAML, or names a host twice', async () => {
    const [broken] = await problemsAfter('images:\n', 'images: [\n');
    expect(broken?.line).toBeGreaterThanOrEqual(lineOf('images:'));
    const [twice] = await problemsAfter('host-3:', 'host-2:');
    expect(twice).toMatchObject({ line: lineOf('host-3:'), message: expect.stringContaining('unique') });
  });

  test('is said not to be there when it is not', async () => {
    await expect(loadConfiguration(join(folder, 'absent.yml'))).rejects.toThrow(SetUpError);
    await expect(loadConfiguration(join(folder, 'absent.yml'))).rejects.toThrow(/absent\.yml cannot be read: ENOENT/);
  });
});
