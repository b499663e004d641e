/** The definition of a guest with its secrets opened, for as long as it takes to do something with it. */
import type { SealedSecret } from '../src/model/secret.ts';
import type { GuestDefinition } from '../src/operations/units/index.ts';
import type { SecretKeys } from '../src/secrets/secret-keys.ts';
import type { Opened, UnitContext } from './drivers/driver.ts';
import { keepingSecret, openSecret } from './opened-secrets.ts';

/** Raises SECRET_KEY_UNKNOWN. Whatever `act` fails with says nothing of the secrets. */
export async function withOpened<Output>(
  { userData, files, adminPassword, ...definition }: GuestDefinition,
  { purpose: { instanceId } }: UnitContext,
  keys: SecretKeys,
  act: (opened: Opened<GuestDefinition>) => Promise<Output>,
): Promise<Output> {
  const opened = (secret: SealedSecret | undefined) =>
    secret === undefined ? undefined : openSecret(secret, instanceId, keys);
  const [data, injected, password] = [opened(userData), opened(files), opened(adminPassword)];
  const input = {
    ...definition,
    ...(data !== undefined && { userData: data }),
    ...(injected !== undefined && { files: injected }),
    ...(password !== undefined && { adminPassword: password }),
  };
  const secrets = [data, injected, password].filter((secret) => secret !== undefined);
  return secrets.reduce(
    (action, secret) => () => keepingSecret(secret, action),
    () => act(input),
  )();
}
