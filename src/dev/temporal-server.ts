import { basename, dirname, join } from 'node:path';
import { setUpCluster } from './cluster.ts';
import type { Configuration } from './configuration.ts';
import { dialAddress, listens, withConnection } from './dial.ts';
import { lastWords, logLines } from './log-file.ts';
import { poll } from './poll.ts';
import { claimRecord, forgetProcess, recordProcess } from './process-record.ts';
import { endProcess } from './process.ts';
import { portInUse, requireServerPreconditions } from './server-preconditions.ts';
import { startServerProcess, type StartedProcess } from './server-process.ts';
import { SetUpError, type Report } from './set-up-error.ts';
import type { TemporalCli } from './temporal-cli.ts';

/** A development server that answers, and whose namespace and search attributes are right. */
export interface RunningServer extends StartedProcess {
  readonly address: string;
  readonly uiUrl: string;
  /** Ends it and returns when it is gone. */
  readonly stop: () => Promise<void>;
}

export interface StartServerOptions {
  /** The command that starts it, as a person knows it: kept, and shown where the server is in the way. */
  readonly startedBy: string;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

/** It takes one or two; more only when the machine is busy. */
const startTimeoutMs = 60_000;
/** Ordinarily it is gone in less than one. */
export const serverGraceMs = 10_000;

/** The file that tells of a running process of this clone: `temporal`, `start`, or the name of a worker. */
export const recordFile = ({ server }: Configuration, name: string): string =>
  join(dirname(server.database), 'processes', `${name}.json`);

/**
 * Starts the development server, waits until it answers and makes namespace and search attributes right. Throws a
 * {@link SetUpError} that says what is in the way; then nothing is left running.
 */
export async function startServer(
  configuration: Configuration,
  cli: TemporalCli,
  options: StartServerOptions,
): Promise<RunningServer> {
  await requireServerPreconditions(configuration);
  const record = recordFile(configuration, 'temporal');
  const holder = await claimRecord(record, { startedBy: options.startedBy });
  if (holder) throw new SetUpError(`The Temporal server of this folder runs already, as process ${holder.pid}.`);
  try {
    return await startClaimedServer(configuration, cli, record, options);
  } catch (error) {
    await forgetProcess(record);
    throw error;
  }
}

async function startClaimedServer(
  configuration: Configuration,
  cli: TemporalCli,
  record: string,
  { startedBy, report, signal }: StartServerOptions,
): Promise<RunningServer> {
  const { ip, port, uiPort } = configuration.server;
  const address = dialAddress(ip, port);
  const uiUrl = `http://${dialAddress(ip, uiPort)}`;
  const started = await startServerProcess(configuration, cli);
  const details = { startedBy, address, uiUrl, version: cli.version };
  const { identity } = await recordProcess(record, started.pid, details);
  const stop = async () => {
    await endProcess(started.pid, identity, serverGraceMs);
    await forgetProcess(record);
  };
  const failed = new AbortController();
  const waiting = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  try {
    const failure = started.exited.then(async (how) => Promise.reject(await startFailure(configuration, started, how)));
    await Promise.race([failure, becomeReady(configuration, address, report, waiting)]);
    return { ...started, address, uiUrl, stop };
  } catch (error) {
    failed.abort();
    await stop();
    throw error;
  }
}

async function becomeReady(
  configuration: Configuration,
  address: string,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { ip, port } = configuration.server;
  const listening = await poll(() => listens(ip, port), { withinMs: startTimeoutMs, everyMs: 50, signal });
  if (!listening) throw new SetUpError(`The Temporal server did not open ${address} in ${startTimeoutMs / 1_000} s.`);
  await withConnection(address, (connection) => setUpCluster(connection, configuration, report));
  signal.throwIfAborted();
}

/** Why a server has ended while it was being started: in a person's words where the cause is a known one. */
async function startFailure(
  { file, server }: Configuration,
  { log }: StartedProcess,
  how: string,
): Promise<SetUpError> {
  const text = (await logLines(log)).join('\n');
  if (/address already in use/i.test(text)) {
    return text.includes(`:${server.uiPort}`)
      ? portInUse(server.ip, server.uiPort, 'server.ui_port', file)
      : portInUse(server.ip, server.port, 'server.port', file);
  }
  if (/no space left|disk is full/i.test(text)) {
    return new SetUpError(`No disk space: the database ${server.database} could not be written.`);
  }
  return new SetUpError(
    `The Temporal server ${how} while it was started as ${basename(file)} says. ${await lastWords(log)}`,
  );
}
