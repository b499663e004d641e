/** Users to try the API with, and the `clouds.yaml` by which OpenStack's clients know them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { IdentitiesInput } from '../authentication/identities.schema.ts';
import { hashPassword } from '../authentication/password.ts';
import type { ApiConfiguration } from './configuration.ts';

/** Each with rights of its own, in a project of its own. */
const wanted = [
  { name: 'dev-admin', project: 'admin', role: 'admin' },
  { name: 'dev-member', project: 'dev', role: 'member' },
] as const;

/** Where `clouds.yaml` is: beside the identities. */
export const cloudsFile = (identities: string): string => join(dirname(identities), 'clouds.yaml');

/** The names of its clouds. */
export const cloudNames: readonly string[] = wanted.map(({ name }) => name);

/** Makes both files where there are no identities yet; only their owner may read them. */
export async function provideClouds({ ip, port, tls, identities }: ApiConfiguration): Promise<void> {
  if (identities === null || existsSync(identities)) return;
  const users = await Promise.all(
    wanted.map(async (user) => {
      const password = randomBytes(18).toString('base64url');
      return { ...user, password, hash: await hashPassword(password) };
    }),
  );
  const file: IdentitiesInput = {
    projects: users.map(({ project }) => ({ id: randomUUID().replaceAll('-', ''), name: project })),
    users: users.map(({ name, project, role, hash }) => ({
      id: randomUUID().replaceAll('-', ''),
      name,
      password: hash,
      grants: { [project]: [role] },
    })),
  };
  const clouds: Record<string, object> = {};
  for (const { name, project, password } of users) {
    clouds[name] = {
      auth: {
        auth_url: `${tls === null ? 'http' : 'https'}://${ip}:${port}/v3`,
        username: name,
        password,
        project_name: project,
        user_domain_id: 'default',
        project_domain_id: 'default',
      },
      region_name: 'RegionOne',
      identity_api_version: '3',
    };
  }
  await mkdir(dirname(identities), { recursive: true });
  await writeFile(cloudsFile(identities), stringify({ clouds }), { mode: 0o600 });
  await writeFile(identities, stringify(file), { mode: 0o600 });
}
