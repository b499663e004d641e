/** `itask volume` with hosts of libvirt: the store is a folder, and no daemon has to run. */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { parseDocument } from 'yaml';
import { Itask } from '../../cli/itask.ts';

let folder: string;
let itask: Itask;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'volumes-'));
  itask = new Itask({ ...process.env, ITASK_CONFIG: undefined, FORCE_COLOR: undefined }, folder);
  await mkdir(join(folder, 'volumes'));
  await configure({ a: libvirt });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const size = { vcpus: 1, memory_mb: 1_024, disk_gb: 10 };
const libvirt = { driver: 'libvirt', uri: 'qemu:///system', directory: 'guests', ...size };

/** Writes the project's own configuration with these hosts. */
async function configure(hosts: Readonly<Record<string, object>>): Promise<void> {
  const document = parseDocument(await readFile('temporal-dev.yml', 'utf8'));
  document.set('hosts', hosts);
  document.set('libvirt', { images: 'images', volumes: 'volumes' });
  if (Object.keys(hosts).length === 1) document.delete('simulated');
  await writeFile(join(folder, 'temporal-dev.yml'), String(document));
}

const create = (...words: string[]) => itask.run('volume', 'create', ...words);

test('a volume is made, and listed with whose it is', async () => {
  expect(await create('data', '--size', '2')).toMatchObject({
    exitCode: 0,
    stdout: 'There is an empty volume data now.',
  });
  const { stdout } = await execa('qemu-img', ['info', '--output=json', join(folder, 'volumes/data.qcow2')]);
  expect(JSON.parse(stdout)).toMatchObject({ format: 'qcow2', 'virtual-size': 2 * 2 ** 30 });
  expect(await create('archive', '--size', '1')).toMatchObject({ exitCode: 0 });
  await writeFile(join(folder, 'volumes/data.reserved'), 'an-instance');
  const { document } = await itask.json('volume', 'list');
  expect(document).toEqual([
    { id: 'archive', size_gb: 1, instance_id: null },
    { id: 'data', size_gb: 2, instance_id: 'an-instance' },
  ]);
});

test('one that is there stays as it is, and what is no id is refused', async () => {
  await create('data', '--size', '1');
  const before = await readFile(join(folder, 'volumes/data.qcow2'));
  const again = await create('data', '--size', '5');
  expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('there is a volume data already') });
  expect(await create('../data', '--size', '1')).toMatchObject({ exitCode: 2 });
  expect(await create('other', '--size', '0')).toMatchObject({ exitCode: 2 });
  expect(await readdir(join(folder, 'volumes'))).toEqual(['data.qcow2']);
  expect(await readFile(join(folder, 'volumes/data.qcow2'))).toEqual(before);
});

test('where there are hosts of both drivers one has to say whose volume is meant', async () => {
  await configure({ a: libvirt, b: size });
  expect(await create('data', '--size', '1')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--driver'),
  });
  expect(await create('data', '--size', '1', '--driver', 'libvirt')).toMatchObject({ exitCode: 0 });
  expect(await create('data', '--size', '1', '--driver', 'simulated')).toMatchObject({ exitCode: 0 });
  expect((await itask.json('volume', 'list', '--driver', 'simulated')).document).toMatchObject([{ id: 'data' }]);
});
