import { connectionSettings } from '../client/connect.ts';
import { setUpCluster } from './cluster.ts';
import type { Configuration } from './configuration.ts';
import { startCommand } from './dev-server.ts';
import { withConnection, withConnectionBy } from './dial.ts';
import { runningProcess } from './process-record.ts';
import type { Report } from './set-up-error.ts';
import { provideTemporalCli } from './temporal-cli.ts';
import { recordFile, startServer, type RunningServer } from './temporal-server.ts';
import type { Target } from './worker-command.ts';

/** A Temporal to work with, its namespace and search attributes made right. */
export interface Temporal extends Target {
  /** Null when it is not known. */
  readonly uiUrl: string | null;
  /** Present when it was started here, and so is to be ended here. */
  readonly server?: RunningServer;
}

interface Options {
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * The Temporal that TEMPORAL_ADDRESS names, else the development server of this clone: the one that was brought up for
 * itself, or a new one. Throws a {@link SetUpError}.
 */
export async function provideTemporal(configuration: Configuration, options: Options): Promise<Temporal> {
  if (options.env['TEMPORAL_ADDRESS']) return connectToGiven(configuration, options);
  const { name: namespace } = configuration.namespace;
  const running = await runningProcess(recordFile(configuration, 'temporal'));
  const { address, uiUrl = null } = running?.details ?? {};
  if (running && address !== undefined) {
    options.report(`Temporal runs already at ${address}, as process ${running.pid}; it will stay`);
    await withConnection(address, (connection) => setUpCluster(connection, configuration, options.report));
    return { address, namespace, own: true, uiUrl };
  }
  const cli = await provideTemporalCli(options);
  options.report(`Temporal CLI ${cli.version}: ${cli.path}`);
  const { report, signal } = options;
  const server = await startServer(configuration, cli, { startedBy: startCommand, report, signal });
  return { address: server.address, namespace, own: true, uiUrl: server.uiUrl, server };
}

/** By the settings that all clients of Temporal go by: the environment and profiles. */
async function connectToGiven(configuration: Configuration, { report }: Options): Promise<Temporal> {
  const { namespace, connection: settings } = connectionSettings();
  const { proxy: _proxy, ...connectionOptions } = settings;
  const { address } = settings;
  report(`TEMPORAL_ADDRESS is set: working with Temporal at ${address}, namespace ${namespace}`);
  const { retentionDays } = configuration.namespace;
  await withConnectionBy({ ...connectionOptions, connectTimeout: '5s' }, (connection) =>
    setUpCluster(connection, { ...configuration, namespace: { name: namespace, retentionDays } }, report),
  );
  return { address, namespace, own: false, uiUrl: null };
}
