/** What servers are made, and made anew, with for their guests: key, user data, files, names and addresses. */
import type { Caller } from '../../authentication/caller.ts';
import { NotFoundError } from '../../client/errors.ts';
import type { InjectedFile, ServerKey } from '../../model/config-drive.ts';
import { longestPath, mostBytesOfAFile, mostFiles } from '../../operations/guest-config.schema.ts';
import { BadRequest, Forbidden } from '../http-error.ts';
import type { Reach } from '../reach.ts';

/** A key pair of the caller's. Throws {@link BadRequest}. */
export async function keyNamed({ client }: Reach, { userId }: Caller, keyName: string): Promise<ServerKey> {
  try {
    const { name, type, publicKey } = await client.keyPairs(userId).get(keyName);
    return { name, type, publicKey };
  } catch (error) {
    throw error instanceof NotFoundError ? new BadRequest('Invalid key_name provided.') : error;
  }
}

/** Files, as Nova's quota lets them be. Throws {@link Forbidden}. */
export function expectFiles(files: readonly InjectedFile[]): void {
  if (files.length > mostFiles) throw new Forbidden('Personality file limit exceeded');
  if (files.some(({ path }) => path.length > longestPath)) {
    throw new Forbidden(`Personality file path exceeds maximum ${longestPath}`);
  }
  if (files.some(({ contents }) => contents.length > mostBytesOfAFile)) {
    throw new Forbidden(`Personality file content exceeds maximum ${mostBytesOfAFile}`);
  }
}

interface GuestConfig {
  readonly user_data?: string | null | undefined;
  readonly personality?: InjectedFile[] | undefined;
  readonly config_drive?: boolean | null | undefined;
  readonly hostname?: string | undefined;
  readonly accessIPv4?: string | null | undefined;
  readonly accessIPv6?: string | null | undefined;
}

/** The same in the words of create. */
export function toGuestConfig(server: GuestConfig) {
  const { user_data: userData, personality = [], config_drive: configDrive, hostname, accessIPv4, accessIPv6 } = server;
  expectFiles(personality);
  return {
    ...(userData !== undefined && userData !== null && { userData }),
    ...(personality.length > 0 && { files: personality }),
    ...(configDrive === true && { configDrive }),
    ...(hostname !== undefined && { hostname }),
    ...(accessIPv4 && { accessIPv4 }),
    ...(accessIPv6 && { accessIPv6 }),
  };
}
