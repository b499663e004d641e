import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { v5 } from 'uuid';
import { LineCounter, parseDocument } from 'yaml';
import { defaultQuotas, type QuotaSettings } from '../model/quota.ts';
import type { InputDefaults } from '../client/input.ts';
import type { CatalogueFlavor, CatalogueImage, CatalogueNetwork } from '../model/catalogue.ts';
import { searchAttributes } from '../model/search-attributes.ts';
import { ConfigurationError, locateProblems } from './configuration-error.ts';
import { configurationSchema, type ConfigurationFile } from './configuration.schema.ts';
import { toHosts, toResources, type HostConfiguration } from './hypervisors.ts';
import { reasonOf, SetUpError } from './set-up-error.ts';

/** The development server. Paths are absolute. */
export interface ServerConfiguration {
  readonly ip: string;
  readonly port: number;
  readonly uiPort: number;
  readonly database: string;
  readonly logs: string;
  readonly logLevel: string;
  readonly sqlitePragmas: Readonly<Record<string, string | number>>;
  readonly dynamicConfiguration: Readonly<Record<string, string | number | boolean>>;
}

/** What any Temporal, for development or production, must have before workers come. */
export interface ClusterConfiguration {
  readonly namespace: { readonly name: string; readonly retentionDays: number };
  readonly searchAttributes: typeof searchAttributes;
}

/** The HTTP API. Paths are absolute. */
export interface ApiConfiguration {
  readonly ip: string;
  readonly port: number;
  /** The file of projects and users; null where only a provider's tokens are taken. */
  readonly identities: string | null;
  readonly tokenHours: number;
  readonly requestsPerMinute: number;
  readonly bodyLimitBytes: number;
  /** Of each project; -1 for as much as there is. */
  readonly quotas: QuotaSettings;
  /** URL of the database that lists are answered from. */
  readonly readModel: string;
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  /** An OpenID Connect provider whose tokens are taken. */
  readonly provider: {
    readonly issuer: string;
    readonly audience: string;
    readonly jwksUri: string;
    readonly projectClaim: string;
    readonly rolesClaim: string;
  } | null;
}

/** `temporal-dev.yml`, validated. */
export interface Configuration extends ClusterConfiguration {
  /** Absolute path of the file. */
  readonly file: string;
  readonly server: ServerConfiguration;
  readonly hosts: readonly HostConfiguration[];
  /** Absolute path of the folder where simulated hypervisors keep guests and disks; null where there are none. */
  readonly simulatedDirectory: string | null;
  /** Absolute path of the file with the keys that secrets are sealed with; null where the environment has them. */
  readonly secretKeysFile: string | null;
  /** Null where no API is served. */
  readonly api: ApiConfiguration | null;
  readonly flavors: readonly CatalogueFlavor[];
  readonly images: readonly CatalogueImage[];
  readonly networks: readonly CatalogueNetwork[];
  /** Of inputs, by operation. */
  readonly defaults: InputDefaults;
}

/**
 * Reads a configuration file such as `temporal-dev.yml`. Throws a {@link ConfigurationError} that names every wrong key
 * and value with its line, and a {@link SetUpError} when the file cannot be read.
 */
export async function loadConfiguration(path: string): Promise<Configuration> {
  const file = resolve(path);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new SetUpError(`The configuration ${path} cannot be read: ${reasonOf(error)}`, { cause: error });
  });
  return toConfiguration(file, parse(path, text));
}

function parse(path: string, text: string): ConfigurationFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => ({
      key: '',
      line: lines.linePos(pos[0]).line,
      message,
    }));
    throw new ConfigurationError(path, problems);
  }
  const result = configurationSchema.safeParse(document.toJS(), { reportInput: true });
  if (!result.success) throw new ConfigurationError(path, locateProblems(result.error.issues, document, lines));
  return result.data;
}

function toConfiguration(
  file: string,
  {
    server,
    namespace,
    hosts,
    simulated,
    libvirt,
    secret_keys: secretKeys,
    api,
    defaults = {},
    ...offers
  }: ConfigurationFile,
): Configuration {
  const absolute = (path: string) => resolve(dirname(file), path);
  const { flavors, images, networks = {} } = offers;
  return {
    file,
    server: {
      ip: server.ip,
      port: server.port,
      uiPort: server.ui_port,
      database: absolute(server.database),
      logs: absolute(server.logs),
      logLevel: server.log_level,
      sqlitePragmas: server.sqlite_pragmas,
      dynamicConfiguration: server.dynamic_configuration,
    },
    namespace: { name: namespace.name, retentionDays: namespace.retention_days },
    // The file has been found to say the same.
    searchAttributes,
    hosts: toHosts({ hosts, simulated, libvirt }, absolute),
    simulatedDirectory: simulated === undefined ? null : absolute(simulated.directory),
    secretKeysFile: secretKeys === undefined ? null : absolute(secretKeys),
    api: api === undefined ? null : toApi(api, absolute),
    flavors: Object.entries(flavors).map(([name, { id = name, ...size }]) => ({ id, name, ...toResources(size) })),
    images: Object.entries(images).map(([name, image]) => ({
      id: image.id ?? idOf('image', name),
      name,
      status: image.status,
      minMemoryMb: image.min_memory_mb,
      minDiskGb: image.min_disk_gb,
    })),
    networks: Object.entries(networks).map(([name, { id = idOf('network', name), subnet = null }]) => ({
      id,
      name,
      subnet,
    })),
    defaults,
  };
}

function toApi(
  { ip, port, identities, tls, provider, quotas, ...limits }: NonNullable<ConfigurationFile['api']>,
  absolute: (path: string) => string,
): ApiConfiguration {
  return {
    ip,
    port,
    identities: identities === undefined ? null : absolute(identities),
    tokenHours: limits.token_hours,
    requestsPerMinute: limits.requests_per_minute,
    bodyLimitBytes: limits.body_limit_kib * 1_024,
    quotas: quotas === undefined ? defaultQuotas : { ...quotas, memoryMb: quotas.memory_mb },
    readModel: limits.read_model.replace(
      /^sqlite:(?!:)(?<file>.+)$/,
      (_url, file: string) => `sqlite:${absolute(file)}`,
    ),
    tls: tls === undefined ? null : { certificate: absolute(tls.certificate), key: absolute(tls.key) },
    provider: provider === undefined ? null : toProvider(provider),
  };
}

/** The same name has the same id on every machine. */
const idOf = (kind: 'image' | 'network', name: string): string => v5(`${kind}/${name}`, namespaceOfOffers);
const namespaceOfOffers = '6f0c3a52-5a0e-4f43-9d58-0d4b1e7a9c31';

const toProvider = (provider: NonNullable<NonNullable<ConfigurationFile['api']>['provider']>) => ({
  issuer: provider.issuer,
  audience: provider.audience,
  jwksUri: provider.jwks_uri,
  projectClaim: provider.project_claim,
  rolesClaim: provider.roles_claim,
});
