/** The tokens that Identity hands out: signed, so that every API process knows them and none has to keep them. */
import { jwtVerify, SignJWT } from 'jose';
import { v4 } from 'uuid';
import { z } from 'zod';
import { roles, type Caller, type Role } from './caller.ts';
import type { Authenticator } from './authenticator.ts';
import type { Identities } from './identities.ts';

const issuer = 'instance-tasks';
const algorithm = 'HS256';
const claimsSchema = z.object({
  sub: z.string(),
  jti: z.string(),
  iat: z.int(),
  exp: z.int(),
  project: z.string(),
  methods: z.array(z.string()),
  /** Of an application credential: no more than these. */
  roles: z.array(z.enum(roles)).optional(),
});

export interface SessionToken {
  readonly caller: Caller;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly id: string;
  readonly methods: readonly string[];
}

export interface Grant {
  readonly userId: string;
  readonly projectId: string;
  readonly methods: readonly string[];
  readonly roles: readonly Role[] | undefined;
}

export class SessionTokens implements Authenticator {
  readonly #key: Uint8Array;
  readonly #identities: Identities;
  readonly #lifetimeSeconds: number;

  /** The key is the same in all API processes: 32 bytes. */
  constructor(key: Uint8Array, identities: Identities, lifetimeSeconds: number) {
    this.#key = key;
    this.#identities = identities;
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  /** A new token, as its holder sends it. Null where the user has no role in that project. */
  async issue({
    userId,
    projectId,
    methods,
    roles: limit,
  }: Grant): Promise<(SessionToken & { readonly token: string }) | null> {
    if (this.#identities.callerIn(projectId, userId, limit) === null) return null;
    const now = Math.floor(Date.now() / 1_000);
    const claims = { project: projectId, methods: [...methods], ...(limit !== undefined && { roles: [...limit] }) };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm })
      .setIssuer(issuer)
      .setSubject(userId)
      .setJti(v4())
      .setIssuedAt(now)
      .setExpirationTime(now + this.#lifetimeSeconds)
      .sign(this.#key);
    const read = await this.read(token);
    return read && { ...read, token };
  }

  /** What a token says; null where it is not one of ours, has expired, or its user has lost what it stands for. */
  async read(token: string): Promise<SessionToken | null> {
    try {
      const { payload } = await jwtVerify(token, this.#key, { issuer, algorithms: [algorithm] });
      const claims = claimsSchema.parse(payload);
      const caller = this.#identities.callerIn(claims.project, claims.sub, claims.roles);
      const [issuedAt, expiresAt] = [new Date(claims.iat * 1_000), new Date(claims.exp * 1_000)];
      return caller && { caller, issuedAt, expiresAt, id: claims.jti, methods: claims.methods };
    } catch {
      return null;
    }
  }

  async authenticate(token: string): Promise<Caller | null> {
    return (await this.read(token))?.caller ?? null;
  }
}
