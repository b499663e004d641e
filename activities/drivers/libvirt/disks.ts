/** Disks: files of qcow2 in the folder of their guest. One that has its name is whole. */
import { access, rm } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { validate } from 'uuid';
import { z } from 'zod';
import type { InputOf } from '../../../src/model/unit.ts';
import type { createDisk, copyDisk, prepareDisk, removeDisk } from '../../../src/operations/units/index.ts';
import { UnitFault } from '../../unit-fault.ts';
import type { Opened } from '../driver.ts';
import { output, type CommandOptions } from './commands.ts';
import type { Delivery } from './fencing.ts';
import { diskFile, draftFile, imageFile } from './layout.ts';
import type { LibvirtHost } from './libvirt-host.ts';
import type { Act, Behaviour } from './unit.ts';

export const gib = 1_073_741_824;
/** Copying may take as long as the deadline of its step allows. */
const copySeconds = 86_400;

/** Whether there is such a file. */
export const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Raises DISK_NOT_FOUND. */
export async function expectDisk({ options, name }: LibvirtHost, instanceId: string, disk: string): Promise<string> {
  const file = diskFile(options.directory, instanceId, disk);
  if (await exists(file)) return file;
  throw new UnitFault('DISK_NOT_FOUND', `${name} has no disk ${file}`);
}

/** Raises IMAGE_NOT_FOUND. */
async function expectImage({ options }: LibvirtHost, image: string): Promise<string> {
  const file = imageFile(options.images, image);
  if (await exists(file)) return file;
  throw new UnitFault('IMAGE_NOT_FOUND', `the image store has no ${file}`);
}

/** One that is there and cannot be read was never whole, or is no image at all: the words say which. Raises IMAGE_NOT_FOUND. */
async function expectReadable(image: string, options: CommandOptions): Promise<number> {
  try {
    return await sizeOf(image, options);
  } catch (error) {
    const isUnreadable = error instanceof UnitFault && error.code === 'HYPERVISOR_ERROR';
    throw isUnreadable ? new UnitFault('IMAGE_NOT_FOUND', error.message, { cause: error }) : error;
  }
}

const infoSchema = z.object({ 'virtual-size': z.int(), 'backing-filename': z.string().optional() });

/** What the file says of itself; also while a guest writes it. */
async function infoOf(file: string, options: CommandOptions) {
  // Never as whatever it looks like: a guest can write what it likes.
  const text = await output(['qemu-img', 'info', '-U', '-f', 'qcow2', '--output=json', file], options);
  return infoSchema.parse(JSON.parse(text));
}

/** What the file holds, in bytes. */
export const sizeOf = async (file: string, options: CommandOptions): Promise<number> =>
  (await infoOf(file, options))['virtual-size'];

/** Makes a file beside where it is wanted, and gives it its name when it is whole. */
export async function place(
  delivery: Delivery,
  file: string,
  effect: string | null,
  make: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = draftFile(dirname(file), delivery.context.purpose.instanceId, extname(file));
  try {
    await make(draft);
    await delivery.effect(effect, ['mv', '-T', draft, file]);
  } finally {
    // Where it stays, the next claim takes it away.
    await rm(draft, { force: true });
  }
}

/** A whole copy that shares nothing with its source, no smaller than `bytes`. */
export async function copy(source: string, draft: string, bytes: number, { context }: Act): Promise<void> {
  const { signal, progress } = context;
  // Nobody wants the copy any more when the worker that makes it has died.
  const command = [
    'setpriv',
    '--pdeathsig',
    'KILL',
    'qemu-img',
    'convert',
    '-p',
    '-U',
    '-O',
    'qcow2',
    source,
    draft,
  ] as const;
  const onOutput = (text: string) => {
    const percent = /\((\d+\.\d+)\/100%\)/.exec(text.slice(text.lastIndexOf('(')))?.[1];
    if (percent !== undefined) progress(Number(percent) / 100);
  };
  await output(command, { signal, timeoutSeconds: copySeconds, onOutput, called: 'qemu-img' });
  if ((await sizeOf(draft, { signal })) < bytes)
    await output(['qemu-img', 'resize', '-q', draft, String(bytes)], { signal });
}

/** From an image of the catalogue it is made as a layer over it; one that was made here may be removed again: it is copied. */
export const creation: Behaviour<Opened<InputOf<typeof createDisk>>, unknown> = {
  async change({ disk, image, sizeGb, adminPassword }, act) {
    const { host, instanceId, delivery, context } = act;
    if (adminPassword !== undefined) throw new UnitFault('HYPERVISOR_ERROR', 'no password is put into a new disk here');
    const file = diskFile(host.options.directory, instanceId, disk);
    if (await exists(file)) return expectMadeFrom(imageFile(host.options.images, image), file, act);
    const source = await expectImage(host, image);
    const bytes = Math.max(sizeGb * gib, await expectReadable(source, context));
    await place(delivery, file, 'disk created', async (draft) => {
      if (validate(image)) await copy(source, draft, bytes, act);
      else
        await output(
          ['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', source, '-F', 'qcow2', draft, String(bytes)],
          context,
        );
    });
  },
  report: async () => ({}),
};

/** A disk of that name that is another one is never overwritten. Of a copy nobody can say what it was made from. */
async function expectMadeFrom(image: string, file: string, { context }: Act): Promise<void> {
  const { 'backing-filename': backing = image } = await infoOf(file, context);
  if (backing !== image)
    throw new UnitFault('HYPERVISOR_ERROR', `there is a disk ${file} from ${backing}, not ${image}`);
}

/** To another host, or to another name on the same one. */
export const copying: Behaviour<InputOf<typeof copyDisk>, unknown> = {
  elsewhere: ({ toHost }) => toHost,
  async change({ disk, toHost, toDisk, sizeGb }, act) {
    const { host, instanceId, there } = act;
    const file = diskFile(host.peer(toHost).options.directory, instanceId, toDisk);
    if (await exists(file)) return;
    const source = await expectDisk(host, instanceId, disk);
    await place(there, file, 'disk copied', (draft) => copy(source, draft, sizeGb * gib, act));
  },
  report: async () => ({}),
};

/** What live migration fills: empty, and of the size that its source has, which was made from the image. */
export const preparation: Behaviour<InputOf<typeof prepareDisk>, unknown> = {
  async change({ disk, image, sizeGb }, { host, instanceId, delivery, context }) {
    const file = diskFile(host.options.directory, instanceId, disk);
    if (await exists(file)) return;
    const source = imageFile(host.options.images, image);
    const bytes = Math.max(sizeGb * gib, (await exists(source)) ? await expectReadable(source, context) : 0);
    await place(delivery, file, 'disk prepared', async (draft) => {
      await output(['qemu-img', 'create', '-q', '-f', 'qcow2', draft, String(bytes)], context);
    });
  },
  report: async () => ({}),
};

export const removal: Behaviour<InputOf<typeof removeDisk>, unknown> = {
  async change({ disk }, { host, instanceId, delivery }) {
    const file = diskFile(host.options.directory, instanceId, disk);
    if (await exists(file)) await delivery.effect('disk removed', ['rm', '-f', file]);
  },
  report: async () => ({}),
};
