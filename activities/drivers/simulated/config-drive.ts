/** The config drive of a guest as it is kept here: what is no secret, and what tells whether the rest is the same. */
import { createHash } from 'node:crypto';
import type { GuestDefinition } from '../../../src/operations/units/index.ts';
import { configDriveFiles, publicMetadata } from '../config-drive.ts';
import type { Opened } from '../driver.ts';
import type { Guest } from './state.ts';

/** What stands for the contents of a file. */
export const fileDigest = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

/** The drive of a guest of this definition; nothing where it has none. */
export function writtenDrive(definition: Opened<GuestDefinition>, instanceId: string): Pick<Guest, 'configDrive'> {
  const metadata = publicMetadata(definition, instanceId);
  if (metadata === null) return {};
  const files = configDriveFiles(definition, instanceId);
  const digests = Object.fromEntries(files.map(({ path, content }) => [path, fileDigest(content)]));
  return { configDrive: { metadata, digests } };
}
