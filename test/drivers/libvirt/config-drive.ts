/** The disc in the drive of a guest, as the guest would read it. */
import { createHash } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { configDriveLabel } from '../../../activities/drivers/config-drive.ts';

/** SHA-256 of its files by path; null where the guest has no such drive, and no file of one is left in its folder. */
export async function readConfigDrive(domain: string, folder: string): Promise<Record<string, string> | null> {
  const drive = /<disk type='file' device='cdrom'>.*?<\/disk>/s.exec(domain)?.[0];
  const left = (await readdir(folder).catch(() => [])).filter((name) => name.includes('config-drive'));
  if (drive === undefined) {
    if (left.length > 0) throw new Error(`there is no drive, and ${left.join(', ')} is left`);
    return null;
  }
  const file = /<source file='([^']+)'/.exec(drive)?.[1] ?? '';
  if (left.join() !== 'config-drive.iso' || !drive.includes('<readonly/>')) throw new Error(`${left.join()}: ${drive}`);
  const label = await labelOf(file);
  if (label !== configDriveLabel) throw new Error(`its label is ${label}`);
  return contentsOf(file);
}

/** Of ISO 9660: it is in the sixteenth block of 2 KiB. */
async function labelOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read({ buffer: Buffer.alloc(32), position: 16 * 2_048 + 40 });
    return buffer.toString('latin1').trimEnd();
  } finally {
    await handle.close();
  }
}

async function contentsOf(file: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'config-drive-'));
  try {
    await execa('xorriso', ['-osirrox', 'on', '-indev', file, '-extract', '/', folder]);
    await execa('chmod', ['-R', 'u+rwX', folder]);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const digests = files.map(async (each) => {
      const digest = createHash('sha256')
        .update(await readFile(each))
        .digest('hex');
      return [relative(folder, each), digest] as const;
    });
    return Object.fromEntries(await Promise.all(digests));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
