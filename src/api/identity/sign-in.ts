/** Signing in: from what a client proves to a token of one project. */
import type { Role } from '../../authentication/caller.ts';
import type { Identities, Project, User } from '../../authentication/identities.ts';
import type { SessionTokens } from '../../authentication/session-tokens.ts';
import { BadRequest, Unauthorized } from '../http-error.ts';
import type { AuthRequest } from './auth-request.schema.ts';

export interface IdentityProviders {
  readonly identities: Identities;
  readonly tokens: SessionTokens;
}

interface Proof {
  readonly user: User;
  readonly method: string;
  /** What the token can be for at most; null for whatever the user has. */
  readonly limit: { readonly projectId: string; readonly roles: readonly Role[] | undefined } | null;
}

/** The same words whatever was wrong: which part it was is nobody's business. */
const refused = () => new Unauthorized('The request you have made requires authentication.');

/** A new token. Throws {@link Unauthorized}. */
export async function signIn(providers: IdentityProviders, { identity, scope }: AuthRequest) {
  const proof = await prove(providers, identity);
  if (proof === null) throw refused();
  const projectId = proof.limit?.projectId ?? chooseProject(providers, proof.user, scope)?.id;
  if (projectId === undefined) throw refused();
  const issued = await providers.tokens.issue({
    userId: proof.user.id,
    projectId,
    methods: [proof.method],
    roles: proof.limit?.roles,
  });
  if (issued === null) throw refused();
  return issued;
}

async function prove(
  { identities, tokens }: IdentityProviders,
  { methods, password, application_credential: credential, token }: AuthRequest['identity'],
): Promise<Proof | null> {
  if (methods.includes('password') && password !== undefined) {
    const proven = await identities.withPassword(password.user);
    return proven && { ...proven, method: 'password' };
  }
  if (methods.includes('application_credential') && credential !== undefined) {
    const proven = await identities.withApplicationCredential(credential);
    return proven && { ...proven, method: 'application_credential' };
  }
  if (methods.includes('token') && token !== undefined) {
    const read = await tokens.read(token.id);
    if (read === null) return null;
    const { userId: id, userName: name, projectId, roles } = read.caller;
    // What was limited stays so.
    const limit = read.methods.includes('application_credential') ? { projectId, roles } : null;
    return { user: { id, name }, method: 'token', limit };
  }
  throw new BadRequest(
    'one of the methods password, application_credential and token is needed, with what belongs to it',
  );
}

/** The project that is named; where none is, the only one that the user has. */
function chooseProject({ identities }: IdentityProviders, user: User, scope: AuthRequest['scope']): Project | null {
  const own = identities.projectsOf(user.id);
  const named = typeof scope === 'object' ? scope.project : undefined;
  if (named === undefined) return own.length === 1 ? (own[0] ?? null) : null;
  return own.find(({ id, name }) => (named.id === undefined ? name === named.name : id === named.id)) ?? null;
}
