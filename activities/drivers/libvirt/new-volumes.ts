/** Volumes come from outside all units: whoever runs the hosts makes them, and sees which there are. */
import { randomUUID } from 'node:crypto';
import { link, readdir, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { VolumeExists } from '../volume-exists.ts';
import { output } from './commands.ts';
import { gib, sizeOf } from './disks.ts';
import { draftFile, isPlainName, volumeFile } from './layout.ts';
import { holderOf } from './volume-store.ts';

export interface StoredVolume {
  readonly id: string;
  readonly sizeGb: number;
  /** Whose it is; null where it is nobody's. */
  readonly instanceId: string | null;
}

/** Makes an empty volume, whole or not at all. Throws {@link VolumeExists}, and a `RangeError` for what is no id. */
export async function createVolume(volumes: string, id: string, sizeGb: number): Promise<void> {
  if (!isPlainName(id)) throw new RangeError(`"${id}" is no name of a volume`);
  const draft = draftFile(volumes, randomUUID(), '.qcow2');
  try {
    await output(['qemu-img', 'create', '-q', '-f', 'qcow2', draft, String(sizeGb * gib)]);
    // Only one link of that name can be made.
    await link(draft, volumeFile(volumes, id));
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw isThere ? new VolumeExists(id) : error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** All volumes, by id. */
export async function readVolumes(volumes: string): Promise<StoredVolume[]> {
  const files = (await readdir(volumes)).filter((file) => file.endsWith('.qcow2'));
  const ids = files.map((file) => basename(file, '.qcow2')).filter(isPlainName);
  return Promise.all(
    ids.sort().map(async (id) => ({
      id,
      sizeGb: Math.ceil((await sizeOf(volumeFile(volumes, id), {})) / gib),
      instanceId: await holderOf(volumes, id),
    })),
  );
}
