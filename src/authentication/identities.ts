/** The users and projects of a file, and what they may do. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { hasRole, type Caller, type Role } from './caller.ts';
import { identitiesSchema, type IdentitiesFile } from './identities.schema.ts';
import { isPassword } from './password.ts';

export interface Project {
  readonly id: string;
  readonly name: string;
}
export interface User {
  readonly id: string;
  readonly name: string;
}

/** A user as one is named: by id, or by name. */
export interface UserName {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** Somebody who has proved to be a user; for an application credential, limited to what that was made for. */
export interface ProvenUser {
  readonly user: User;
  readonly limit: { readonly projectId: string; readonly roles: readonly Role[] } | null;
}

/** A file of identities that cannot be used; the message says what is wrong in it. */
export class InvalidIdentities extends Error {
  override readonly name = 'InvalidIdentities';
}

/** Of a user that there is not: so that it takes as long to refuse as a wrong password. */
const nobodysPassword = `scrypt$${'A'.repeat(22)}$${'A'.repeat(43)}`;

export class Identities {
  readonly #file: IdentitiesFile;

  constructor(file: IdentitiesFile) {
    this.#file = file;
  }

  /** Reads a file. Throws {@link InvalidIdentities}. */
  static async read(path: string): Promise<Identities> {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw new InvalidIdentities(`${path} cannot be read`, { cause: error });
    });
    const parsed = identitiesSchema.safeParse(parse(text));
    if (!parsed.success) throw new InvalidIdentities(`${path}: ${z.prettifyError(parsed.error)}`);
    return new Identities(parsed.data);
  }

  get projects(): readonly Project[] {
    return this.#file.projects;
  }

  /** By id, or by name; the one domain that there is has no say. */
  findProject({ id, name }: Partial<Project>): Project | null {
    return this.#file.projects.find((each) => (id === undefined ? each.name === name : each.id === id)) ?? null;
  }

  /** The projects that a user may have a token for. */
  projectsOf(userId: string): readonly Project[] {
    const grants = this.#file.users.find(({ id }) => id === userId)?.grants ?? {};
    return this.#file.projects.filter(({ name }) => Object.hasOwn(grants, name));
  }

  /** The user of that id or name with this password; null where there is none. */
  async withPassword({ password, ...named }: UserName & { readonly password: string }): Promise<ProvenUser | null> {
    const user = this.#findUser(named);
    const isProven = await isPassword(password, user?.password ?? nobodysPassword);
    return user?.password !== undefined && isProven ? { user: plain(user), limit: null } : null;
  }

  /** The owner of an application credential, named by its id, or by its name and its owner. */
  async withApplicationCredential(wanted: {
    readonly id?: string | undefined;
    readonly name?: string | undefined;
    readonly user?: UserName | undefined;
    readonly secret: string;
  }): Promise<ProvenUser | null> {
    const { id, name, secret } = wanted;
    const owners =
      id === undefined ? [this.#findUser(wanted.user ?? {})].filter((each) => each !== undefined) : this.#file.users;
    const found = owners
      .flatMap((user) => user.application_credentials.map((credential) => ({ user, credential })))
      .find(({ credential }) => (id === undefined ? credential.name === name : credential.id === id));
    const isProven = await isPassword(secret, found?.credential.secret ?? nobodysPassword);
    const project = found && this.findProject({ name: found.credential.project });
    if (!found || !project || !isProven) return null;
    return { user: plain(found.user), limit: { projectId: project.id, roles: found.credential.roles } };
  }

  /** The user as a caller in that project; null where they have no role there, any more or at all. */
  callerIn(projectId: string, userId: string, limitedTo?: readonly Role[]): Caller | null {
    const user = this.#findUser({ id: userId });
    const project = this.findProject({ id: projectId });
    if (user === undefined || project === null) return null;
    const granted = user.grants[project.name] ?? [];
    const own = limitedTo === undefined ? granted : limitedTo.filter((role) => hasRole({ roles: granted }, role));
    if (own.length === 0) return null;
    return { userId: user.id, userName: user.name, projectId, projectName: project.name, roles: own };
  }

  /** By id, or by name. */
  findUser({ id, name }: UserName): User | undefined {
    return this.#findUser({ id, name });
  }

  #findUser({ id, name }: UserName) {
    if (id === undefined && name === undefined) return undefined;
    return this.#file.users.find((each) => (id === undefined ? each.name === name : each.id === id));
  }
}

const plain = ({ id, name }: User): User => ({ id, name });
