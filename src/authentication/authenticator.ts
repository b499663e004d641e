import type { Caller } from './caller.ts';

/** Nobody can be told who comes: what would say so cannot be asked. No fault of the token's. */
export class AuthenticationUnavailable extends Error {
  override readonly name = 'AuthenticationUnavailable';
}

/** One way to prove with a token to be somebody. */
export interface Authenticator {
  /**
   * Who comes with this token; null where it is none of this kind, or not valid any more. Never throws for a bad one;
   * {@link AuthenticationUnavailable} where that cannot be known now.
   */
  authenticate(token: string): Promise<Caller | null>;
}

/** Whoever the first of them knows. */
export const anyOf = (authenticators: readonly Authenticator[]): Authenticator => ({
  async authenticate(token) {
    for (const each of authenticators) {
      const caller = await each.authenticate(token);
      if (caller !== null) return caller;
    }
    return null;
  },
});
