import { devNull } from 'node:os';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { UnreachableError } from './errors.ts';

/** Where Temporal is, for what the environment does not say. */
export interface ConnectOptions {
  /** Profile of Temporal's own configuration file; TEMPORAL_PROFILE where absent. */
  readonly profile?: string;
  /** Wins over the profile and the environment. */
  readonly address?: string;
  readonly namespace?: string;
  /** For what neither these options nor the profile nor the environment say. */
  readonly fallback?: { readonly address: string; readonly namespace: string };
}

/** A list page of instances may be larger than gRPC's default of 4 MiB. */
const receiveLimitBytes = 32 * 1024 * 1024;

/** Settings of a connection, by the means of Temporal's ecosystem: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TLS, profiles. */
export function connectionSettings({ profile, address, namespace, fallback }: ConnectOptions = {}) {
  const config = loadClientConnectConfig({
    ...(profile !== undefined && { profile }),
    // Temporal's reader stumbles over a file without profiles, and this is how one says that there are none.
    disableFile: process.env['TEMPORAL_CONFIG_FILE'] === devNull,
  });
  const target = address ?? config.connectionOptions.address ?? fallback?.address ?? 'localhost:7233';
  return {
    namespace: namespace ?? config.namespace ?? fallback?.namespace ?? 'default',
    connection: {
      ...config.connectionOptions,
      address: target,
      // Compression only costs on the way to oneself.
      ...(/^(localhost|127\.|\[::1\])/.test(target) && { grpcCompression: { codec: 'none' as const } }),
    },
  };
}

/** Connects to Temporal. Throws {@link UnreachableError} when it does not answer. */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  const { connection: settings, namespace } = connectionSettings(options);
  const { proxy: _proxy, ...shared } = settings;
  const connectionOptions: ConnectionOptions = {
    ...shared,
    connectTimeout: '5s',
    channelArgs: { 'grpc.max_receive_message_length': receiveLimitBytes },
  };
  try {
    return new Client({ connection: await Connection.connect(connectionOptions), namespace });
  } catch (error) {
    throw new UnreachableError(`Temporal cannot be reached at ${settings.address}`, { cause: error });
  }
}

/** Whether Temporal answers, within two seconds. */
export async function isReachable({ connection }: Client): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + 2_000, () => connection.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}
