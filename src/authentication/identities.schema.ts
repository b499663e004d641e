import { z } from 'zod';
import { roles } from './caller.ts';
import { hashPattern } from './password.ts';

const id = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'an id of letters, digits and dashes');
const name = z.string().min(1).max(255);
const hash = z.string().regex(hashPattern, 'a hash as `itask api hash` prints it');
const grants = z.record(name, z.array(z.enum(roles)).min(1)).describe('roles by name of the project');

const applicationCredential = z.strictObject({
  id,
  name,
  secret: hash,
  project: name,
  roles: z.array(z.enum(roles)).min(1),
});

/** A file of projects and users, for development and small installations. */
export const identitiesSchema = z
  .strictObject({
    projects: z.array(z.strictObject({ id, name })).min(1),
    users: z
      .array(
        z.strictObject({
          id,
          name,
          password: hash.optional(),
          grants,
          application_credentials: z.array(applicationCredential).default([]),
        }),
      )
      .min(1),
  })
  .superRefine(({ projects, users }, context) => {
    const known = new Set(projects.map((project) => project.name));
    const named = users.flatMap((user) => [
      ...Object.keys(user.grants),
      ...user.application_credentials.map(({ project }) => project),
    ]);
    for (const project of named.filter((each) => !known.has(each))) {
      context.addIssue({ code: 'custom', message: `there is no project "${project}" in this file` });
    }
  });
export type IdentitiesFile = z.infer<typeof identitiesSchema>;
export type IdentitiesInput = z.input<typeof identitiesSchema>;
