/** Tokens of an OpenID Connect provider, checked with the keys that it publishes. */
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { isRole, type Caller } from './caller.ts';
import { AuthenticationUnavailable, type Authenticator } from './authenticator.ts';

export interface ProviderSettings {
  readonly issuer: string;
  readonly audience: string;
  /** Where its keys are. */
  readonly jwksUri: string;
  /** The claims that name the project and list the roles. */
  readonly projectClaim: string;
  readonly rolesClaim: string;
}

/** No signature with a secret that both sides would have to know. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

export class ProviderTokens implements Authenticator {
  readonly #settings: ProviderSettings;
  readonly #keys: JWTVerifyGetKey;

  constructor(settings: ProviderSettings) {
    this.#settings = settings;
    this.#keys = publishedKeys(settings.jwksUri);
  }

  async authenticate(token: string): Promise<Caller | null> {
    const { issuer, audience } = this.#settings;
    try {
      // Without an end it would be a password.
      const requiredClaims = ['sub', 'exp'];
      const { payload } = await jwtVerify(token, this.#keys, { issuer, audience, algorithms, requiredClaims });
      return this.#callerOf(payload);
    } catch (error) {
      if (error instanceof AuthenticationUnavailable) throw error;
      return null;
    }
  }

  /** A token without project or without a role that means something here stands for nobody. */
  #callerOf(payload: JWTPayload): Caller | null {
    const { projectClaim, rolesClaim } = this.#settings;
    const { sub, [projectClaim]: project, [rolesClaim]: listed } = payload;
    const own = Array.isArray(listed) ? listed.filter(isRole) : [];
    if (sub === undefined || typeof project !== 'string' || project === '' || own.length === 0) return null;
    const name = payload['preferred_username'];
    const userName = typeof name === 'string' ? name : sub;
    return { userId: sub, userName, projectId: project, projectName: project, roles: own };
  }
}

/** The keys at that address; asked for again, now and then, when a token names one that is not among them. */
function publishedKeys(uri: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(uri));
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      const isOfToken = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
      if (isOfToken) throw error;
      throw new AuthenticationUnavailable(`the keys at ${uri} cannot be read`, { cause: error });
    }
  };
}
