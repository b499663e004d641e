import { hkdfSync, randomBytes } from 'node:crypto';

/** Bytes of a key. */
const keyLength = 32;

/** The keys are not written as they should be; the message says how, and shows none of them. */
export class InvalidSecretKeys extends Error {
  override readonly name = 'InvalidSecretKeys';
}

/** One key, as what is derived from it for each purpose. */
export interface SecretKey {
  readonly id: string;
  readonly sealing: Buffer;
  readonly digest: Buffer;
  /** What the API signs its tokens with. */
  readonly tokens: Buffer;
  /** What passwords are made from that the API chooses. */
  readonly passwords: Buffer;
}

/** The keys that secrets are sealed and opened with. The first one seals, each of them opens what it has sealed. */
export class SecretKeys {
  readonly #keys: readonly SecretKey[];

  private constructor(keys: readonly SecretKey[]) {
    this.#keys = keys;
  }

  /** Reads `id:key,id:key`, each key 32 bytes in base64; none from an empty text. Throws {@link InvalidSecretKeys}. */
  static parse(text: string): SecretKeys {
    const parts = text.trim() === '' ? [] : text.trim().split(',');
    const keys = parts.map((part) => parseKey(part.trim()));
    if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new InvalidSecretKeys('two keys have one id');
    return new SecretKeys(keys);
  }

  /** Those of ITASK_SECRET_KEYS. */
  static ofEnvironment(): SecretKeys {
    return SecretKeys.parse(process.env['ITASK_SECRET_KEYS'] ?? '');
  }

  /** A new key, as {@link SecretKeys.parse} reads it. */
  static generate(id: string): string {
    return `${id}:${randomBytes(keyLength).toString('base64')}`;
  }

  /** What new secrets are sealed with; null where there is no key. */
  get current(): SecretKey | null {
    return this.#keys[0] ?? null;
  }

  find(id: string): SecretKey | null {
    return this.#keys.find((key) => key.id === id) ?? null;
  }
}

function parseKey(text: string): SecretKey {
  const [, id, base64] = /^([A-Za-z0-9._-]+):([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const key = Buffer.from(base64 ?? '', 'base64');
  if (id === undefined || key.length !== keyLength) {
    throw new InvalidSecretKeys(`secret keys are written id:key,id:key, each key ${keyLength} bytes in base64`);
  }
  // One key for one purpose: what the digest tells of it must not help against the cipher.
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', key, '', purpose, keyLength));
  return {
    id,
    sealing: derive('seal'),
    digest: derive('digest'),
    tokens: derive('tokens'),
    passwords: derive('passwords'),
  };
}
