/** Users beside the two of every development cloud, for clients that want more of them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { identitiesSchema, type IdentitiesInput } from '../../src/authentication/identities.schema.ts';
import { hashPassword } from '../../src/authentication/password.ts';
import { cloudsFile } from '../../src/dev/clouds.ts';

const wanted = [
  { name: 'dev-reader', project: 'dev', role: 'reader' },
  { name: 'other-member', project: 'other', role: 'member' },
] as const;

const cloud = z.looseObject({
  auth: z.looseObject({ auth_url: z.string(), username: z.string(), password: z.string(), project_name: z.string() }),
});
const cloudsSchema = z.object({ clouds: z.record(z.string(), cloud) });

/** The clouds of a `clouds.yaml`, by name. */
export async function readClouds(file: string): Promise<z.infer<typeof cloudsSchema>['clouds']> {
  return cloudsSchema.parse(parse(await readFile(file, 'utf8'))).clouds;
}

/** Adds them to the identities of a cloud, and each as a cloud of its own to the `clouds.yaml` beside them. */
export async function addFurtherPeople(identitiesFile: string): Promise<void> {
  const identities: IdentitiesInput = identitiesSchema.parse(parse(await readFile(identitiesFile, 'utf8')));
  const clouds = await readClouds(cloudsFile(identitiesFile));
  const model = clouds['dev-member'];
  if (model === undefined) throw new Error('there is no cloud dev-member');
  for (const { name, project, role } of wanted) {
    const password = randomBytes(18).toString('base64url');
    if (!identities.projects.some((each) => each.name === project)) {
      identities.projects.push({ id: randomUUID().replaceAll('-', ''), name: project });
    }
    const id = randomUUID().replaceAll('-', '');
    identities.users.push({ id, name, password: await hashPassword(password), grants: { [project]: [role] } });
    clouds[name] = { ...model, auth: { ...model.auth, username: name, password, project_name: project } };
  }
  await writeFile(identitiesFile, stringify(identities), { mode: 0o600 });
  await writeFile(cloudsFile(identitiesFile), stringify({ clouds }), { mode: 0o600 });
}
