import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Client } from '@temporalio/client';
import type { InstanceTasks } from '../client/client.ts';
import type { ConnectOptions } from '../client/connect.ts';
import type { Catalogue } from '../client/input.ts';
import type { Configuration } from '../dev/configuration.ts';
import { SetUpError } from '../dev/set-up-error.ts';
import type { SecretKeys } from '../secrets/secret-keys.ts';
import { defaultFlavors } from '../model/catalogue.ts';
import { viewers, type Viewer } from '../model/representation.ts';
import type { GlobalOptions } from './options.ts';
import { Output } from './output.ts';
import { UsageError } from './usage-error.ts';

/** The configuration that is used where none is named. */
const usualConfiguration = 'temporal-dev.yml';

/**
 * What a command works with. Everything is made when it is first asked for: most commands need little of it, and what
 * Temporal's SDK needs to load is more than all the rest.
 */
export class Session {
  readonly output: Output;
  readonly viewer: Viewer;
  readonly #options: GlobalOptions;
  #configuration: Promise<Configuration | null> | undefined;
  #temporal: Promise<Client> | undefined;

  constructor(options: GlobalOptions) {
    this.#options = options;
    this.output = new Output(options.output === 'json');
    this.viewer = options.admin === true ? viewers.admin : viewers.operator;
  }

  /** Who asks. */
  get actor(): string {
    return this.#options.actor ?? systemUser();
  }

  /** The configuration file, or null where there is none. Throws a {@link UsageError} when it is wrong. */
  configuration(): Promise<Configuration | null> {
    return (this.#configuration ??= readConfiguration(this.#options.config));
  }

  /** The configuration file, for a command that can do nothing without. */
  async requireConfiguration(): Promise<Configuration> {
    const configuration = await this.configuration();
    if (configuration !== null) return configuration;
    throw new UsageError(`there is no ${usualConfiguration} here: name a configuration with --config FILE`);
  }

  /** Where the simulated hypervisors of the configuration are, for a command that is about nothing else. */
  async requireSimulation(): Promise<string> {
    const { simulatedDirectory, file } = await this.requireConfiguration();
    if (simulatedDirectory !== null) return simulatedDirectory;
    throw new UsageError(`no host of ${file} is simulated, and this is for simulated hosts only`);
  }

  /** Temporal's own client, connected. */
  temporal(): Promise<Client> {
    return (this.#temporal ??= this.#connect());
  }

  /** The flavors and images that inputs may name: those of the configuration, else Nova's classic flavors. */
  async catalogue(): Promise<Catalogue> {
    return (await this.configuration()) ?? { flavors: defaultFlavors, images: [] };
  }

  /** What secrets are sealed and opened with: the keys of ITASK_SECRET_KEYS, else those of the configuration. */
  async secretKeys(): Promise<SecretKeys> {
    const configuration = await this.configuration();
    const [{ SecretKeys }, { provideSecretKeys }] = await Promise.all([
      import('../secrets/secret-keys.ts'),
      import('../dev/secret-keys.ts'),
    ]);
    const file = configuration?.secretKeysFile ?? null;
    return file === null || process.env['ITASK_SECRET_KEYS'] ? SecretKeys.ofEnvironment() : provideSecretKeys(file);
  }

  async client(): Promise<InstanceTasks> {
    const [catalogue, secretKeys] = await Promise.all([this.catalogue(), this.secretKeys()]);
    const [{ InstanceTasks }, temporal] = await Promise.all([import('../client/client.ts'), this.temporal()]);
    return new InstanceTasks(temporal, { catalogue, defaults: { actor: this.actor }, secretKeys });
  }

  /** Where Temporal is, as far as this command was told. */
  async connectOptions(): Promise<ConnectOptions> {
    const { profile, address, namespace } = this.#options;
    const configuration = await this.configuration();
    const fallback = configuration === null ? undefined : await addressIn(configuration);
    return {
      ...(profile !== undefined && { profile }),
      ...(address !== undefined && { address }),
      ...(namespace !== undefined && { namespace }),
      ...(fallback !== undefined && { fallback }),
    };
  }

  async close(): Promise<void> {
    const temporal = await this.#temporal?.catch(() => undefined);
    await temporal?.connection.close();
  }

  async #connect(): Promise<Client> {
    const [{ connect }, options] = await Promise.all([import('../client/connect.ts'), this.connectOptions()]);
    return connect(options);
  }
}

/** Does something in a session of its own. */
export async function inSession(options: GlobalOptions, action: (session: Session) => Promise<void>): Promise<void> {
  const session = new Session(options);
  try {
    await action(session);
  } finally {
    await session.close();
  }
}

async function readConfiguration(named: string | undefined): Promise<Configuration | null> {
  const file = named || usualConfiguration;
  if (!named && !existsSync(file)) return null;
  const { loadConfiguration } = await import('../dev/configuration.ts');
  try {
    return await loadConfiguration(file);
  } catch (error) {
    throw error instanceof SetUpError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** The development server of a configuration. */
async function addressIn({ server, namespace }: Configuration): Promise<{ address: string; namespace: string }> {
  const { dialAddress } = await import('../dev/dial.ts');
  return { address: dialAddress(server.ip, server.port), namespace: namespace.name };
}

/** In a container the user may have a number only. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] || 'operator';
  }
}
