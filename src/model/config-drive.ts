/**
 * What a guest is told of itself on its config drive. Secrets are sealed wherever they go; the rest is what everybody may
 * know who may know of the instance.
 */
import type { SealedSecret } from './secret.ts';

/** The public half of a key pair, as the instance keeps it: the pair itself may be gone by then. */
export interface ServerKey {
  readonly name: string;
  readonly type: 'ssh';
  /** A line of `authorized_keys`. */
  readonly publicKey: string;
}

/** What is secret on it. */
export interface ConfigSecrets {
  /** For whatever sets the guest up, cloud-init as a rule; base64. */
  readonly userData?: SealedSecret;
  /** JSON: {@link InjectedFile}s. */
  readonly files?: SealedSecret;
  readonly adminPassword?: SealedSecret;
}

/** A file that the guest is to have. */
export interface InjectedFile {
  readonly path: string;
  /** Base64. */
  readonly contents: string;
}

/** What is no secret on it. */
export interface ConfigMetadata {
  readonly hostname: string;
  readonly projectId: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly key?: ServerKey;
}

/** What a guest is called by itself: what Nova makes of the name of an instance, without what no machine may be named. */
export function hostnameFor(name: string, id: string): string {
  const kept = name
    .normalize('NFKD')
    .replace(/[ _]/g, '-')
    .replace(/[^\w.-]/g, '')
    .toLowerCase()
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 63);
  return kept === '' ? `server-${id}` : kept;
}
