import { join } from 'node:path';
import { inspectCluster, setUpCluster, type ClusterState } from './cluster.ts';
import type { Configuration } from './configuration.ts';
import { forgetProcess, runningProcess } from './process-record.ts';
import { endProcess } from './process.ts';
import { answersAsTemporal, dialAddress, listens, withConnection } from './dial.ts';
import { SetUpError, type Report } from './set-up-error.ts';
import { provideTemporalCli } from './temporal-cli.ts';
import { recordFile, serverGraceMs, startServer } from './temporal-server.ts';

/** The command that starts everything, as servers that it starts remember it. */
export const startCommand = 'npm start';
const upCommand = 'itask dev up';

/** The development server of this clone as it is now. What is not known is null. */
export interface DevStatus {
  /** `unresponsive`: its process is there and does not answer. */
  readonly state: 'running' | 'unresponsive' | 'stopped';
  readonly address: string;
  readonly uiUrl: string;
  readonly pid: number | null;
  /** Of the Temporal CLI that was started. */
  readonly version: string | null;
  readonly since: string | null;
  readonly startedBy: string | null;
  readonly database: string;
  readonly log: string;
  readonly namespace: string;
  /** Days; null also when the namespace does not exist. */
  readonly retentionDays: number | null;
  readonly missingSearchAttributes: readonly string[];
  readonly wrongSearchAttributes: readonly string[];
  /** What else a person should know, in one sentence. */
  readonly remark: string | null;
}

/**
 * Starts the development server, for good: it stays when this process ends. One that runs already is left as it is,
 * but for its namespace and search attributes, which are made right. Throws a {@link SetUpError}.
 */
export async function devUp(
  configuration: Configuration,
  { report, env = process.env }: { report: Report; env?: NodeJS.ProcessEnv },
): Promise<DevStatus> {
  if (env['TEMPORAL_ADDRESS']) {
    throw new SetUpError(
      `TEMPORAL_ADDRESS is set to ${env['TEMPORAL_ADDRESS']}, which all commands would go on using: unset it to have a ` +
        'development server here.',
    );
  }
  const running = await runningProcess(recordFile(configuration, 'temporal'));
  if (running) {
    const { address } = running.details;
    if (address === undefined) throw new SetUpError(`Process ${running.pid} is just starting the Temporal server.`);
    report(`The Temporal server runs already, as process ${running.pid}`);
    await withConnection(address, (connection) => setUpCluster(connection, configuration, report));
  } else {
    const cli = await provideTemporalCli({ report, env });
    await startServer(configuration, cli, { startedBy: upCommand, report });
  }
  return devStatus(configuration);
}

/**
 * Ends the development server and returns whether one ran. Throws a {@link SetUpError} when it belongs to a start
 * command that still runs.
 */
export async function devDown(configuration: Configuration, { report }: { report: Report }): Promise<boolean> {
  const record = recordFile(configuration, 'temporal');
  const running = await runningProcess(record);
  if (!running) {
    await forgetProcess(record);
    return false;
  }
  const starter = await runningProcess(recordFile(configuration, 'start'));
  if (starter && running.details['startedBy'] === startCommand) {
    throw new SetUpError(
      `The Temporal server belongs to \`${startCommand}\`, process ${starter.pid}: end that with Ctrl-C.`,
    );
  }
  report(`Ending the Temporal server, process ${running.pid}`);
  await endProcess(running.pid, running.identity, serverGraceMs);
  await forgetProcess(record);
  return true;
}

/** Tells how the development server is, and changes nothing. */
export async function devStatus(configuration: Configuration): Promise<DevStatus> {
  const { server, namespace } = configuration;
  const running = await runningProcess(recordFile(configuration, 'temporal'));
  const details = running?.details ?? {};
  const address = details['address'] ?? dialAddress(server.ip, server.port);
  const cluster = running && (await lookAt(address, configuration));
  const foreign = !running && (await listens(server.ip, server.port)) && (await answersAsTemporal(address));
  return {
    state: cluster ? 'running' : running ? 'unresponsive' : 'stopped',
    address,
    uiUrl: details['uiUrl'] ?? `http://${dialAddress(server.ip, server.uiPort)}`,
    pid: running?.pid ?? null,
    version: details['version'] ?? null,
    since: running?.since ?? null,
    startedBy: details['startedBy'] ?? null,
    database: server.database,
    log: join(server.logs, 'temporal.log'),
    namespace: namespace.name,
    retentionDays: cluster?.retentionDays ?? null,
    missingSearchAttributes: cluster?.missingSearchAttributes ?? [],
    wrongSearchAttributes: cluster?.wrongSearchAttributes ?? [],
    remark: foreign ? `A Temporal server that was not started from here answers at ${address}.` : null,
  };
}

function lookAt(address: string, configuration: Configuration): Promise<ClusterState | undefined> {
  return withConnection(address, (connection) => inspectCluster(connection, configuration)).catch(() => undefined);
}
