/** Hosts that have no room, images and disks that are gone or broken, and names that try to be something else. */
import { mkdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { InvalidInputError, type Task } from '../../src/client/index.ts';
import { expectTidy } from './leftovers.ts';
import { small, Stage } from './stage.ts';

let stage: Stage;
/** Mounts it before the daemons start, which have a view of their own of what is mounted. Gives what undoes it. */
async function mountSmall(folder: string, sizes: Readonly<Record<string, string>>): Promise<() => Promise<void>> {
  const each = Object.entries(sizes).map(([name, size]) => ({ at: join(folder, name), size }));
  for (const { at, size } of each) {
    await mkdir(at);
    await execa('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', at]);
  }
  return async () => {
    for (const { at } of each) await execa('umount', ['-l', at]);
  };
}
beforeAll(async () => {
  stage = await Stage.set({
    prepare: (folder) => mountSmall(folder, { store: '4m', 'b-disks': '1m' }),
    folders: { store: 'store', b: 'b-disks' },
  });
}, 300_000);
afterAll(() => stage.dispose());

const create = async (wanted: object, host = 'a'): Promise<Task> =>
  stage.fleet.ended(await stage.client.create({ name: 'new', flavor: small, image: 'cirros', host, ...wanted }));

/** Expects a create that has failed for that reason, and has left nothing. */
async function expectUndone({ status, fault, instanceId }: Task, code: string, detail: RegExp): Promise<void> {
  expect({ status, code: fault?.code }).toEqual({ status: 'FAILED', code });
  expect(fault?.detail).toMatch(detail);
  expect(await stage.client.get(instanceId)).toMatchObject({ vmState: 'error', residence: null });
  await stage.done('delete', instanceId);
}

describe('Of an instance that runs', () => {
  let id: string;
  beforeAll(async () => {
    ({ id } = await stage.instance());
  }, 180_000);

  test('no image is made where there is no space left for it, and it lives on', async () => {
    const before = await stage.guest(id).now();
    const { status, fault } = await stage.fleet.run('createImage', id, { name: 'too much' });
    expect({ status, ...fault }).toMatchObject({
      status: 'FAILED',
      code: 'HOST_OUT_OF_SPACE',
      detail: expect.stringMatching(/space left/),
    });
    await stage.guest(id).livesOn(before);
    await expectTidy(stage, [id]);
  });

  test('no image is made where there is no space left for it, when it is off', async () => {
    await stage.done('stop', id);
    const { status, fault } = await stage.fleet.run('createImage', id, { name: 'too much' });
    expect({ status, code: fault?.code }).toEqual({ status: 'FAILED', code: 'HOST_OUT_OF_SPACE' });
    await expectTidy(stage, [id]);
  });

  test('an image that its disk is a layer of is missed when it starts, and found again when it is back', async () => {
    const image = join(stage.places.store, 'cirros.qcow2');
    await rename(image, `${image}.away`);
    const { status, fault } = await stage.fleet.run('start', id, {});
    expect({ status, code: fault?.code }).toEqual({ status: 'FAILED', code: 'DISK_NOT_FOUND' });
    expect(await stage.client.get(id)).toMatchObject({ vmState: 'stopped', powerState: 'SHUTDOWN' });
    await rename(`${image}.away`, image);
    await stage.done('start', id);
    await stage.guest(id).untilUp(2);
    await stage.done('delete', id);
    await expectTidy(stage, [id]);
  });
});

test('a disk for which there is no space left is not made, and all is undone', async () => {
  const at = join(stage.daemons.folder, 'b-disks');
  const { bavail, bsize } = await statfs(at);
  const filler = join(at, 'filler');
  // Enough for notes, and not for a disk.
  await writeFile(filler, Buffer.alloc(bavail * bsize - 100 * 1_024));
  const task = await create({}, 'b');
  await rm(filler);
  await expectUndone(task, 'HOST_OUT_OF_SPACE', /No space left on device/);
  await expectTidy(stage, [task.instanceId]);
});

test.each(['no image at all', ''])('an image that holds "%s" is refused, and all is undone', async (content) => {
  const image = join(stage.places.store, 'broken.qcow2');
  await writeFile(image, content);
  const task = await create({ image: 'broken' });
  await rm(image);
  await expectUndone(task, 'IMAGE_NOT_FOUND', /not in qcow2 format/);
  await expectTidy(stage, [task.instanceId]);
});

test.each(['../../../etc/passwd', '/etc/passwd', 'a/b', 'x\' --help "$(reboot)"', '-h', 'nothing'])(
  'the image %s is not found, and all is undone',
  async (image) => {
    const task = await create({ image });
    await expectUndone(task, 'IMAGE_NOT_FOUND', /is no name of a file|has no/);
    await expectTidy(stage, [task.instanceId]);
  },
);

test('a guest for which the host has too little memory is not started, and all is undone', async () => {
  const task = await create({ flavor: { ...small, name: 'huge', memoryMb: 390_000 } });
  await expectUndone(task, 'HOST_OUT_OF_MEMORY', /Cannot allocate memory/);
  await expectTidy(stage, [task.instanceId]);
});

describe('A word', () => {
  test.each(['a\nb', 'a\0b', 'a\u001bb', ' a', ''])('is refused as a name like %j', async (name) => {
    await expect(stage.client.create({ name, flavor: small, image: 'cirros' })).rejects.toThrow(InvalidInputError);
  });

  test.each(['a\nb', 'a\0b', '<a>', `a'b`])('is refused as a key of metadata like %j', async (key) => {
    const wanted = { name: 'fine', flavor: small, image: 'cirros', metadata: { [key]: 'value' } };
    await expect(stage.client.create(wanted)).rejects.toThrow(InvalidInputError);
  });

  test.each([
    `</title><devices><disk/></devices> & 'x' "y" &lt; <!-- ]]>`,
    '$(touch /tmp/owned) `id` ; rm -rf $HOME | cat %s --help',
    '-c test:///default',
    'ünïcödé \u{1f600} \uffff \u202e',
  ])('like %j is taken as it is as a name, and nothing of it is interpreted', async (name) => {
    const flavor = { ...small, name: `<${name}>` };
    const task = await create({ name, flavor, metadata: { key: `${name}\n\0` } });
    expect(task.status).toBe('COMPLETED');
    const { id, metadata } = await stage.client.get(task.instanceId);
    expect(metadata).toEqual({ key: `${name}\n\0` });
    const title = await stage.places.virsh('a', 'desc', `instance-${id}`, '--title');
    expect(title.stdout).toBe(name.replace('\uffff', '\ufffd'));
    expect((await stage.places.virsh('a', 'domblklist', `instance-${id}`)).stdout.trim().split('\n')).toHaveLength(1);
    await stage.done('delete', id);
    await expectTidy(stage, [id]);
  });
});
