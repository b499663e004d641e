import { hostnameFor } from './config-drive.ts';
import type { InstanceRecord } from './instance.ts';
import type { KeyPair } from './key-pair.ts';

type GuestKey = 'hostname' | 'key' | 'configDrive' | 'accessIPv4' | 'accessIPv6';

/** What the guest of an instance was given, but for what is secret of it. */
export const representGuest = ({
  id,
  name,
  hostname,
  key,
  configDrive,
  accessIPv4,
  accessIPv6,
}: Pick<InstanceRecord, 'id' | 'name' | GuestKey>) => ({
  hostname: hostname ?? hostnameFor(name, id),
  key: key?.name ?? null,
  config_drive: Boolean(configDrive),
  access_addresses: [accessIPv4, accessIPv6].filter((address) => typeof address === 'string'),
});

export const representKeyPair = ({ name, type, fingerprint, publicKey, createdAt }: KeyPair) => ({
  name,
  type,
  fingerprint,
  public_key: publicKey,
  created_at: createdAt,
});
