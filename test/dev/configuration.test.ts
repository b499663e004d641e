import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
async function problemsAfter(
  text: string,
  replacement: string,
): Promise<readonly Omit<ConfigurationProblem, 'file'>[]> {
  expect(written).toContain(text);
  const file = join(folder, 'changed.yml');
  await writeFile(file, written.replace(text, replacement));
  const error: unknown = await loadConfiguration(file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigurationError)) throw new Error(`no ConfigurationError but ${String(error)}`);
  for (const { line } of error.problems) expect(error.message).toContain(`${file}:${line}: `);
  expect(new Set(error.problems.map((problem) => problem.file))).toEqual(new Set([file]));
  return error.problems.map(({ key, line, message }) => ({ key, line, message }));
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

describe('a configuration that extends another', () => {
  /** Two files, of which the second one is loaded. */
  async function extended(base: string, own: string): Promise<Configuration> {
    await writeFile(join(folder, 'base.yml'), base);
    await writeFile(join(folder, 'own.yml'), own);
    return loadConfiguration(join(folder, 'own.yml'));
  }
  const bravo = 'namespace: { name: bravo, retention_days: 3 }\n';

  test('has its own sections, and those of the other where it has none', async () => {
    const { namespace, flavors, file, server } = await extended(written, `extends: base.yml\n${bravo}`);
    expect(namespace).toEqual({ name: 'bravo', retentionDays: 3 });
    expect(flavors).toHaveLength(5);
    expect(file).toBe(join(folder, 'own.yml'));
    expect(server.database).toBe(join(folder, '.dev', 'temporal.db'));
  });

  test('has problems named in the file where they stand', async () => {
    const broken = extended(
      written.replace('ui_port: 8233', 'ui_port: none'),
      `extends: base.yml\n${bravo.replace('3', 'many')}`,
    );
    await expect(broken).rejects.toThrow(/base\.yml:\d+: server\.ui_port: is wrong: "none"/);
    await expect(broken).rejects.toThrow(/own\.yml:2: namespace\.retention_days: is wrong: "many"/);
  });

  test.each([
    ['extends: 7\n', /own\.yml:1: extends: is wrong; right would be a path/],
    ['extends: own.yml\n', /own\.yml:1: extends: is wrong: "own.yml" extends this file/],
    ['extends: absent.yml\n', /absent\.yml cannot be read: ENOENT/],
  ])('is refused with %j', async (own, message) => {
    await expect(extended(written, own)).rejects.toThrow(message);
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
