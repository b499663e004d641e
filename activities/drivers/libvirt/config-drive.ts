/** The config drive of a guest: a small file system of a disc, made anew with each definition of the guest. */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GuestDefinition } from '../../../src/operations/units/index.ts';
import { configDriveFiles, configDriveLabel } from '../config-drive.ts';
import type { Opened } from '../driver.ts';
import { output } from './commands.ts';
import { exists, place } from './disks.ts';
import { Delivery } from './fencing.ts';
import { configDriveFile, draftFile } from './layout.ts';
import type { LibvirtHost } from './libvirt-host.ts';
import type { Act } from './unit.ts';

/** Only whoever runs guests may read it: there are secrets on it. */
const folderMode = 0o700;
const fileMode = 0o600;

/** Writes the drive of a guest of this definition, or takes away what an earlier definition had. A guest that runs keeps its own. */
export async function writeConfigDrive(act: Act, definition: Opened<GuestDefinition>): Promise<void> {
  const files = configDriveFiles(definition, act.instanceId);
  if (files.length === 0) return removeConfigDrive(act);
  const { host, instanceId, delivery, context } = act;
  const file = configDriveFile(host.options.directory, instanceId);
  const folder = draftFile(dirname(file), instanceId, '.drive');
  try {
    for (const { path, content } of files) {
      const source = join(folder, path);
      await mkdir(dirname(source), { recursive: true, mode: folderMode });
      await writeFile(source, content, { mode: fileMode });
    }
    await place(delivery, file, null, async (draft) => {
      // Made with the right mode; the program writes into what is there.
      await writeFile(draft, '', { mode: fileMode });
      await output(
        ['xorriso', '-as', 'mkisofs', '-quiet', '-J', '-r', '-V', configDriveLabel, '-o', draft, folder],
        context,
      );
    });
  } finally {
    // Where it stays, the next claim takes it away.
    await rm(folder, { recursive: true, force: true });
  }
}

export async function removeConfigDrive({ host, instanceId, delivery }: Act): Promise<void> {
  const file = configDriveFile(host.options.directory, instanceId);
  if (await exists(file)) await delivery.effect(null, ['rm', '-f', file]);
}

/** A guest that migrates while it runs finds its drive where it arrives. */
export async function copyConfigDrive({ host, instanceId, context }: Act, there: LibvirtHost): Promise<void> {
  const source = configDriveFile(host.options.directory, instanceId);
  if (!(await exists(source))) return;
  const delivery = await Delivery.claim(there, context);
  await place(delivery, configDriveFile(there.options.directory, instanceId), null, (draft) => copyFile(source, draft));
}
