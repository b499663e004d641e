/** What an instance was given for its guest, and what becomes of that. */
import type { ConfigSecrets } from '../model/config-drive.ts';
import type { InstanceRecord, RecordChanges } from '../model/instance.ts';
import type { SealedSecret } from '../model/secret.ts';
import type { CreateInput } from './create.schema.ts';
import type { RebuildInput } from './rebuild.schema.ts';

/** There is no metadata service: what a guest is given it finds on its config drive, or nowhere. */
export const needsConfigDrive = ({ configDrive, key, userData, files }: CreateInput): boolean =>
  configDrive === true || [key, userData, files].some((given) => given !== undefined);

/** The secrets of a config drive, of those that there are. */
export const configSecrets = (
  userData: SealedSecret | undefined,
  files: SealedSecret | undefined,
  adminPassword: SealedSecret | undefined,
): ConfigSecrets => ({
  ...(userData !== undefined && { userData }),
  ...(files !== undefined && { files }),
  ...(adminPassword !== undefined && { adminPassword }),
});

/** What a rebuild makes of the record besides its disk. As in Nova, files and password are those of this one guest. */
export function rebuiltConfig(
  { configDrive }: InstanceRecord,
  { name, description, metadata, hostname, key, userData, files, adminPass, accessIPv4, accessIPv6 }: RebuildInput,
): Omit<RecordChanges, 'followUp' | 'vmState'> {
  const hasDrive = configDrive ?? userData ?? files ?? key;
  const kept = userData === undefined ? configDrive?.userData : (userData ?? undefined);
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    ...(hostname !== undefined && { hostname }),
    ...(key !== undefined && { key }),
    ...(accessIPv4 !== undefined && { accessIPv4 }),
    ...(accessIPv6 !== undefined && { accessIPv6 }),
    ...(hasDrive && { configDrive: configSecrets(kept, files, adminPass) }),
  };
}
