/** Secrets as they travel: sealed by the client before Temporal sees them, opened only by the worker of the host. */

/** A secret that nobody can read without the key. Plain JSON. */
export interface SealedSecret {
  /** Names the form of all that follows. */
  readonly sealed: 'A256GCM';
  /** Which key it was sealed with: keys are changed now and then. */
  readonly keyId: string;
  /** Base64: nonce, ciphertext, tag. Another one each time, also for the same secret. */
  readonly ciphertext: string;
  /** Hexadecimal, by the key: the same for the same secret of the same instance, and tells nothing without the key. */
  readonly digest: string;
}

/** True for what {@link SealedSecret} describes. */
export const isSealed = (value: unknown): value is SealedSecret =>
  typeof value === 'object' && value !== null && 'sealed' in value && value.sealed === 'A256GCM';

/** What tells whether it is the same secret, and can be opened by nobody. */
export const withoutCiphertext = (secret: SealedSecret): SealedSecret => ({ ...secret, ciphertext: '' });

/** An input as it may be shown: what is sealed in it says so, and no more. */
export const withoutSealed = (input: unknown): unknown =>
  typeof input !== 'object' || input === null
    ? input
    : Object.fromEntries(
        Object.entries(input).map(([key, value]: [string, unknown]) => [
          key,
          isSealed(value) ? `(sealed with the key ${value.keyId})` : value,
        ]),
      );
